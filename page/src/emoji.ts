// The emoji that are written by name; any other name stays as it is written.
const TABLE: Record<string, string> = {
  alarm_clock: "⏰", arrow_down: "⬇️", arrow_forward: "▶️", arrow_right: "➡️", arrow_up: "⬆️", bell: "🔔", bulb: "💡",
  calendar: "📆", chart_with_upwards_trend: "📈", clock1: "🕐", eyes: "👀", exclamation: "❗", fire: "🔥", gear: "⚙️",
  grey_question: "❔", hourglass: "⌛", hourglass_flowing_sand: "⏳", information_source: "ℹ️", large_blue_circle: "🔵",
  large_green_circle: "🟢", large_orange_circle: "🟠", large_red_circle: "🔴", large_yellow_circle: "🟡", link: "🔗",
  lock: "🔒", mag: "🔍", memo: "📝", mute: "🔇", no_bell: "🔕", no_entry: "⛔", octagonal_sign: "🛑", ok_hand: "👌",
  one: "1️⃣", package: "📦", pause_button: "⏸️", pray: "🙏", question: "❓", red_circle: "🔴", repeat: "🔁", rocket: "🚀",
  rotating_light: "🚨", skull: "💀", snail: "🐌", smile: "😄", sparkles: "✨", tada: "🎉", thumbsup: "👍", "+1": "👍",
  "-1": "👎", tools: "🛠️", turtle: "🐢", two: "2️⃣", warning: "⚠️", wave: "👋", white_check_mark: "✅", white_circle: "⚪",
  wrench: "🔧", x: "❌", zap: "⚡", zzz: "💤",
};

export function withEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => TABLE[name] ?? whole);
}
