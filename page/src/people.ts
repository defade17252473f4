// The names of people and channels, and times in a person's zone.
import { createContext, useContext } from "react";
import type { Channel, Person, State } from "./types";

export interface World {
  state: State;
  me: Person;
  theme: "light" | "dark";
}

export const WorldContext = createContext<World | null>(null);

export function useWorld(): World {
  const world = useContext(WorldContext);
  if (!world) throw new Error("there is no state yet");
  return world;
}

export const findPerson = (state: State, id: string): Person | undefined => state.users.find((one) => one.id === id);
export const findChannel = (state: State, id: string): Channel | undefined =>
  state.channels.find((one) => one.id === id);

/** What a channel's log is called: `#data-alerts`; a DM by its name alone. */
export const channelTitle = (channel: Channel): string => (channel.kind === "dm" ? channel.name : `#${channel.name}`);

function shown(seconds: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(seconds * 1000);
}

/** 20:19, or 20:19:44 */
export const clock = (seconds: number, zone: string, exact = false): string =>
  shown(seconds, zone, {
    hour: "2-digit",
    minute: "2-digit",
    second: exact ? "2-digit" : undefined,
    hourCycle: "h23",
  });

/** 2026-11-24, as a key of the day and for comparing. */
export const dayKey = (seconds: number, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    seconds * 1000,
  );

/** Today, Yesterday, or Monday, November 23 */
export function dayName(seconds: number, now: number, zone: string): string {
  const key = dayKey(seconds, zone);
  if (key === dayKey(now, zone)) return "Today";
  if (key === dayKey(now - 86_400, zone)) return "Yesterday";
  return shown(seconds, zone, { weekday: "long", month: "long", day: "numeric" });
}

/** Tuesday, November 24, 2026 at 20:19:44 */
export const fullTime = (seconds: number, zone: string): string =>
  `${shown(seconds, zone, { dateStyle: "full" })} at ${shown(seconds, zone, { timeStyle: "medium", hourCycle: "h23" })}`;

const DATE_PARTS: Record<string, (seconds: number, zone: string) => string> = {
  date_num: dayKey,
  date: (s, zone) => shown(s, zone, { dateStyle: "long" }),
  date_short: (s, zone) => shown(s, zone, { dateStyle: "medium" }),
  date_long: (s, zone) => shown(s, zone, { dateStyle: "full" }),
  time: (s, zone) => clock(s, zone),
  time_secs: (s, zone) => shown(s, zone, { timeStyle: "medium", hourCycle: "h23" }),
};

/** Slack's date format, like `{date_short} at {time}`; an unknown part gives the fallback. */
export function formatDate(seconds: number, format: string, fallback: string, zone: string): string {
  let known = Number.isFinite(seconds);
  const text = format.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const part = DATE_PARTS[name.replace("_pretty", "")];
    if (!part) known = false;
    return part && known ? part(seconds, zone) : whole;
  });
  return known ? text : fallback;
}
