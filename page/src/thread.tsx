import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import { Composer } from "./composer";
import { useFollow, type Newest } from "./follow";
import { live } from "./live";
import { sentTo } from "./log";
import { MessageLine } from "./message";
import { channelTitle, useWorld } from "./people";
import type { Channel, Message } from "./types";

interface ThreadProps {
  channel: Channel;
  root: Message;
  messages: Message[];
  onClose: () => void;
}

export function Thread({ channel, root, messages, onClose }: ThreadProps): ReactNode {
  const log = useRef<HTMLDivElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  const replies = messages.filter((one) => one.thread_ts === root.ts && one.ts !== root.ts);
  const { me } = useWorld();
  const { asked } = useSyncExternalStore(live.subscribe, live.snapshot);
  const last = replies.at(-1);
  const newest: Newest = last && { key: last.ts, message: last };
  useFollow(log, newest, asked, sentTo(asked, channel.id, root.ts), me.id);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    close.current?.focus();
    return () => before?.focus();
  }, [root.ts]);
  return (
    <aside
      className="thread"
      aria-label="Thread"
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && onClose()}
    >
      <header className="head">
        <h2 className="head-title">Thread</h2>
        <span className="head-about">{channelTitle(channel)}</span>
        <button type="button" className="icon" aria-label="Close thread" ref={close} onClick={onClose}>
          ×
        </button>
      </header>
      <div className="log" role="log" aria-label="Thread" tabIndex={0} ref={log}>
        <div className="log-inside">
          <MessageLine message={root} />
          {replies.length > 0 && (
            <div className="reply-count">
              {replies.length} {replies.length === 1 ? "reply" : "replies"}
            </div>
          )}
          {replies.map((one) => (
            <MessageLine key={one.ts} message={one} />
          ))}
        </div>
      </div>
      <Composer channel={channel} name="Reply…" thread={root.ts} />
    </aside>
  );
}
