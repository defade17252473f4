// A message: who, when, what; and what Slack itself says.
import { memo, useId, useMemo, type ReactNode } from "react";
import { Avatar } from "./avatar";
import { AttachmentView } from "./attachment";
import { Blocks } from "./blocks";
import { Literal, Words } from "./drawn";
import { fileAddress } from "./live";
import { clock, fullTime, useWorld } from "./people";
import { SurfaceProvider } from "./surface";
import type { Message, Notice, SharedFile } from "./types";

function Time({ seconds }: { seconds: number }): ReactNode {
  const { me } = useWorld();
  return (
    <time dateTime={new Date(seconds * 1000).toISOString()} title={fullTime(seconds, me.tz)}>
      {clock(seconds, me.tz)}
    </time>
  );
}

const Private = (): ReactNode => (
  <div className="private">
    <span aria-hidden="true" className="eye" />
    Only visible to you
  </div>
);

interface MessageLineProps {
  message: Message;
  onThread?: (ts: string) => void;
}

export const MessageLine = memo(
  function MessageLine({ message, onThread }: MessageLineProps): ReactNode {
    const { author } = message;
    const head = useId();
    return (
      <article className={message.ephemeral ? "message ephemeral" : "message"} aria-labelledby={head}>
        <Avatar id={author.id} name={author.name} kind={author.bot ? "app" : "person"} />
        <div className="message-body">
          {message.ephemeral && <Private />}
          <div className="message-head" id={head}>
            <span className="author">{author.name}</span>
            {author.bot && <span className="app-badge">App</span>}
            <Time seconds={message.time} />
          </div>
          <Content message={message} />
          {onThread && <Replies message={message} onThread={onThread} />}
        </div>
      </article>
    );
  },
  (old, next) => old.message.version === next.message.version && sameAround(old, next),
);

const sameAround = (old: MessageLineProps, next: MessageLineProps): boolean =>
  old.message.ts === next.message.ts &&
  old.message.reply_count === next.message.reply_count &&
  old.message.files.length === next.message.files.length &&
  Boolean(old.onThread) === Boolean(next.onThread);

function Content({ message }: { message: Message }): ReactNode {
  const { channel, ts, blocks, text, state } = message;
  const surface = useMemo(() => ({ kind: "message", channel, ts }) as const, [channel, ts]);
  return (
    <SurfaceProvider surface={surface} said={state} channel={channel}>
      <div className="content">
        {blocks.length > 0 ? <Blocks blocks={blocks} /> : text && <Words text={{ type: "mrkdwn", text }} />}
        {message.edited && <span className="edited">(edited)</span>}
      </div>
      {message.attachments.map((one, index) => (
        <AttachmentView key={index} attachment={one} />
      ))}
      {message.files.map((file) => (
        <FileLine key={file.id} file={file} />
      ))}
    </SurfaceProvider>
  );
}

function Replies({ message, onThread }: { message: Message; onThread: (ts: string) => void }): ReactNode {
  if (message.ephemeral) return null;
  const { reply_count: count } = message;
  return (
    <button type="button" className={count ? "replies" : "replies none"} onClick={() => onThread(message.ts)}>
      {count ? `${count} ${count === 1 ? "reply" : "replies"}` : "Reply in thread"}
    </button>
  );
}

const UNITS = ["bytes", "kB", "MB", "GB"];

export function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const number = bytes / 1000 ** step;
  return `${step && number < 10 ? number.toFixed(1) : Math.round(number)} ${UNITS[step]}`;
}

function FileLine({ file }: { file: SharedFile }): ReactNode {
  return (
    <a className="file" href={fileAddress(file.id)} download={file.name}>
      <span className="file-sign" aria-hidden="true">
        {file.name.split(".").at(-1)?.slice(0, 4)}
      </span>
      <span>
        <span className="file-name">{file.title || file.name}</span>
        <span className="quiet">
          {file.title && file.title !== file.name ? `${file.name} · ` : ""}
          {size(file.size)}
        </span>
      </span>
    </a>
  );
}

export function NoticeLine({ notice }: { notice: Notice }): ReactNode {
  const head = useId();
  return (
    <article className="message ephemeral" aria-labelledby={head}>
      <Avatar id="USLACKBOT" name="Slackbot" kind="slackbot" />
      <div className="message-body">
        <Private />
        <div className="message-head" id={head}>
          <span className="author">Slackbot</span>
          <Time seconds={notice.time} />
        </div>
        <div className="content">
          <Literal text={notice.text} />
        </div>
      </div>
    </article>
  );
}
