// How many messages came to a channel since it was last open.
import { useEffect, useState } from "react";
import type { State } from "./types";

const newest = (state: State, channel: string): number => state.messages[channel]?.at(-1)?.time ?? 0;

export function useUnread(state: State, open: string): Record<string, number> {
  const [seen, setSeen] = useState<Record<string, number>>(() =>
    Object.fromEntries(state.channels.map((one) => [one.id, newest(state, one.id)])),
  );
  const last = newest(state, open);
  useEffect(() => setSeen((old) => ({ ...old, [open]: last })), [open, last]);
  const counts = state.channels.map((one) => {
    const fresh = (state.messages[one.id] ?? []).filter((message) => message.time > (seen[one.id] ?? 0));
    return [one.id, one.id === open ? 0 : fresh.length] as const;
  });
  return Object.fromEntries(counts);
}
