// Slack's texts read into rich text: docs.slack.dev/messaging/formatting-message-text
// Only `&lt; &gt; &amp;` are escapes, and what they stand for is never markup: `&lt;!channel&gt;` pings nobody.
import { withEmoji } from "./emoji";
import type { RichElement, Style, Text } from "./types";

export interface Reading {
  /** A date token as words in the reader's zone. */
  date: (seconds: number, format: string, fallback: string) => string;
}

type Mark = "bold" | "italic" | "strike";
const MARKS: Record<string, Mark> = { "*": "bold", _: "italic", "~": "strike" };
const FENCE = /```([\s\S]+?)```/g;
const BARE_URL = /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}'"*_~]/g;

export const decode = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The elements of a rich_text block that says what the text says. */
export function richText(text: Text, reading: Reading): RichElement[] {
  return text.type === "plain_text" ? plain(text) : mrkdwn(text.text, reading, text.verbatim === true);
}

function plain(text: Text): RichElement[] {
  const decoded = decode(text.text);
  return [section([word(text.emoji === false ? decoded : withEmoji(decoded))])];
}

/** Text taken as it stands: nothing is markup, nothing an escape. */
export const literal = (text: string, style?: Style): RichElement[] => [section([word(text, style)])];

export function mrkdwn(text: string, reading: Reading, verbatim: boolean): RichElement[] {
  const found: RichElement[] = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    found.push(...lines(text.slice(from, match.index).replace(/\n$/, ""), reading, verbatim));
    found.push({ type: "rich_text_preformatted", elements: inCode(match[1]!.replace(/^\n|\n$/g, ""), reading, {}) });
    from = match.index + match[0].length;
  }
  const rest = from ? text.slice(from).replace(/^\n/, "") : text;
  found.push(...lines(rest, reading, verbatim));
  return found.length ? found : [section([word("")])];
}

/** Runs of quoted and of other lines. */
function lines(text: string, reading: Reading, verbatim: boolean): RichElement[] {
  if (text === "") return [];
  const runs: { quoted: boolean; text: string[] }[] = [];
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?/.exec(line);
    const last = runs.at(-1);
    const words = quote ? line.slice(quote[0].length) : line;
    if (last && last.quoted === Boolean(quote)) last.text.push(words);
    else runs.push({ quoted: Boolean(quote), text: [words] });
  }
  return runs.map((run) => ({
    type: run.quoted ? "rich_text_quote" : "rich_text_section",
    elements: inline(run.text.join("\n"), reading, verbatim, {}),
  }));
}

function inline(text: string, reading: Reading, verbatim: boolean, style: Style): RichElement[] {
  const found: RichElement[] = [];
  let pending = "";
  const flush = () => {
    if (pending) found.push(...words(pending, verbatim, style));
    pending = "";
  };
  for (let at = 0; at < text.length; ) {
    const special = token(text, at, reading, style) ?? span(text, at, reading, verbatim, style);
    if (special) {
      flush();
      found.push(...special.elements);
      at = special.end;
    } else {
      pending += text[at++]!;
    }
  }
  flush();
  return found;
}

interface Found {
  elements: RichElement[];
  end: number;
}

/** `<…>`: a mention, a link, a date. */
function token(text: string, at: number, reading: Reading, style: Style): Found | null {
  if (text[at] !== "<") return null;
  const match = /^<([^<>\n]+)>/.exec(text.slice(at));
  if (!match) return null;
  return { elements: [meaning(match[1]!, reading, style)], end: at + match[0].length };
}

function meaning(inside: string, reading: Reading, style: Style): RichElement {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : withEmoji(decode(inside.slice(bar + 1)));
  if (/^@[UW]/.test(target)) return { type: "user", user_id: target.slice(1), text: label };
  if (/^#C/.test(target)) return { type: "channel", channel_id: target.slice(1), text: label };
  if (target.startsWith("!")) return command(target.slice(1), label, reading, style);
  return { type: "link", url: decode(target), text: label || decode(target), ...styled(style) };
}

function command(name: string, label: string, reading: Reading, style: Style): RichElement {
  const [word0, ...more] = name.split("^");
  if (word0 === "subteam") return { type: "usergroup", usergroup_id: more[0] ?? "", text: label };
  if (word0 === "date") {
    const said = reading.date(Number(more[0]), decode(more[1] ?? ""), label);
    return more[2] ? { type: "link", url: decode(more.slice(2).join("^")), text: said, ...styled(style) } : word(said, style);
  }
  if (name === "channel" || name === "here" || name === "everyone") return { type: "broadcast", range: name };
  return word(label || `<!${name}>`, style);
}

/** `*bold*`, `_italic_`, `~strike~` and code, where both ends stand as Slack wants them. */
function span(text: string, at: number, reading: Reading, verbatim: boolean, style: Style): Found | null {
  const sign = text[at]!;
  if (sign === "`") return codeSpan(text, at, reading, style);
  const mark = MARKS[sign];
  if (!mark || style[mark] || !opens(text, at)) return null;
  for (let end = at + 2; end < text.length && text[end] !== "\n"; end++) {
    if (text[end] === sign && closes(text, end)) {
      const inside = inline(text.slice(at + 1, end), reading, verbatim, { ...style, [mark]: true });
      return { elements: inside, end: end + 1 };
    }
  }
  return null;
}

function codeSpan(text: string, at: number, reading: Reading, style: Style): Found | null {
  const match = /^`([^`\n]+)`/.exec(text.slice(at));
  if (!match) return null;
  return { elements: inCode(match[1]!, reading, { ...style, code: true }), end: at + match[0].length };
}

function inCode(text: string, reading: Reading, style: Style): RichElement[] {
  const found: RichElement[] = [];
  let from = 0;
  for (const match of text.matchAll(/<([^<>\n]+)>/g)) {
    if (match.index > from) found.push(word(decode(text.slice(from, match.index)), style));
    found.push(meaning(match[1]!, reading, style));
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(word(decode(text.slice(from)), style));
  return found;
}

const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
const isBlank = (sign: string | undefined): boolean => sign === undefined || /\s/.test(sign);
const opens = (text: string, at: number): boolean =>
  !isWord(text[at - 1]) && text[at - 1] !== text[at] && !isBlank(text[at + 1]) && text[at + 1] !== text[at];
const closes = (text: string, end: number): boolean =>
  !isBlank(text[end - 1]) && text[end - 1] !== text[end] && !isWord(text[end + 1]) && text[end + 1] !== text[end];

/** Plain words; bare addresses become links unless the text is verbatim. */
function words(text: string, verbatim: boolean, style: Style): RichElement[] {
  if (verbatim) return [word(withEmoji(decode(text)), style)];
  const found: RichElement[] = [];
  let from = 0;
  for (const match of text.matchAll(BARE_URL)) {
    if (match.index > from) found.push(word(withEmoji(decode(text.slice(from, match.index))), style));
    found.push({ type: "link", url: decode(match[0]), text: decode(match[0]), ...styled(style) });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(word(withEmoji(decode(text.slice(from))), style));
  return found;
}

const styled = (style?: Style): { style?: Style } => (style && Object.keys(style).length ? { style } : {});
const word = (text: string, style?: Style): RichElement => ({ type: "text", text, ...styled(style) });
const section = (elements: RichElement[]): RichElement => ({ type: "rich_text_section", elements });
