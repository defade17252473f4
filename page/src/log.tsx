// A channel's messages, newest last: it follows the newest unless someone scrolled up.
import { useRef, useSyncExternalStore, type ReactNode } from "react";
import { useFollow } from "./follow";
import { live, type Asked } from "./live";
import { MessageLine, NoticeLine } from "./message";
import { channelTitle, dayKey, dayName, useWorld } from "./people";
import type { Channel, Message, Notice } from "./types";

type Entry = { time: number; key: string } & ({ message: Message } | { notice: Notice });

export function sentTo(asked: Asked | null, channel: string, thread: string | null): boolean {
  const act = asked?.act;
  return act?.act === "send" && act.channel === channel && act.thread_ts === thread;
}

function useEntries(channel: Channel, messages: Message[]): Entry[] {
  const { state } = useWorld();
  const { troubles } = useSyncExternalStore(live.subscribe, live.snapshot);
  const here = (notice: Notice) => notice.channel === null || notice.channel === channel.id;
  const said = [
    ...state.notices.filter(here).map((notice, index) => ({ notice, key: `notice ${index}` })),
    ...troubles.filter(here).map((notice, index) => ({ notice, key: `trouble ${index}` })),
  ];
  const entries: Entry[] = [
    ...messages.map((message) => ({ time: message.time, key: `${message.channel} ${message.ts}`, message })),
    ...said.map((one) => ({ time: one.notice.time, ...one })),
  ];
  return entries.sort((one, other) => one.time - other.time);
}

interface LogProps {
  channel: Channel;
  messages: Message[];
  onThread: (ts: string) => void;
}

export function Log({ channel, messages, onThread }: LogProps): ReactNode {
  const { me } = useWorld();
  const own = useRef<HTMLDivElement>(null);
  const entries = useEntries(channel, messages);
  const { asked } = useSyncExternalStore(live.subscribe, live.snapshot);
  const { away, down } = useFollow(own, entries.at(-1), asked, sentTo(asked, channel.id, null), me.id);
  return (
    <div className="log-frame">
      <div className="log" role="log" aria-label={channelTitle(channel)} tabIndex={0} ref={own}>
        <div className="log-inside">
          <Beginning channel={channel} empty={entries.length === 0} />
          {entries.map((entry, index) => {
            const before = entries[index - 1];
            const newDay = !before || dayKey(before.time, me.tz) !== dayKey(entry.time, me.tz);
            return (
              <div key={entry.key} className="entry">
                {newDay && <Day time={entry.time} />}
                {"message" in entry ? (
                  <MessageLine message={entry.message} onThread={onThread} />
                ) : (
                  <NoticeLine notice={entry.notice} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {away && (
        <button type="button" className="newer" onClick={down}>
          ↓ New messages
        </button>
      )}
    </div>
  );
}

function Day({ time }: { time: number }): ReactNode {
  const { me } = useWorld();
  return (
    <div className="day" role="separator" aria-label={dayName(time, live.now(), me.tz)}>
      <span>{dayName(time, live.now(), me.tz)}</span>
    </div>
  );
}

function Beginning({ channel, empty }: { channel: Channel; empty: boolean }): ReactNode {
  const title = channelTitle(channel);
  const bot = channel.kind === "dm" || channel.bot_member;
  return (
    <div className="beginning">
      <h2>{title}</h2>
      <p>
        {channel.kind === "dm" ? `This is your conversation with ${channel.name}. ` : `This is the start of ${title}. `}
        {empty && channel.is_member && !channel.is_archived && (
          <>
            Type <kbd>/</kbd> to see what the app can do{bot ? "" : "; it is not a member here, yet answers all the same"}.
          </>
        )}
      </p>
    </div>
  );
}
