// Where one writes: a textbox with the app's commands above it while the text begins with a slash.
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { live } from "./live";
import { useWorld } from "./people";
import { Suggestions, suggested } from "./suggestions";
import type { Channel } from "./types";

interface ComposerProps {
  channel: Channel;
  name: string;
  thread: string | null;
}

export function Composer({ channel, name, thread }: ComposerProps): ReactNode {
  const { state } = useWorld();
  const own = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [closed, setClosed] = useState(false);
  const [focused, setFocused] = useState(false);
  const commands = suggested(state.commands, text);
  const showing = focused && !closed && commands.length > 0;
  const chosen = commands[Math.min(active, commands.length - 1)];

  useLayoutEffect(() => {
    const box = own.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);

  function change(next: string): void {
    setText(next);
    setActive(0);
    setClosed(false);
  }

  function take(command: string): void {
    change(`${command} `);
    own.current?.focus();
  }

  async function send(): Promise<void> {
    const said = text.trim();
    if (!said) return;
    change("");
    const done = await live.act({ act: "send", channel: channel.id, text: said, thread_ts: thread });
    if (!done.ok) {
      live.tell(channel.id, done.error ?? "That could not be sent.");
      setText((now) => now || said);
      setClosed(true);
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    const untaken = showing && chosen && !text.startsWith(`${chosen.command} `);
    if (key === "Enter" && !event.shiftKey) void send();
    else if (showing && key === "Escape") setClosed(true);
    else if (untaken && key === "Tab" && !event.shiftKey) take(chosen.command);
    else if (showing && commands.length > 1 && key === "ArrowDown") setActive((active + 1) % commands.length);
    else if (showing && commands.length > 1 && key === "ArrowUp") setActive((active || commands.length) - 1);
    else return;
    event.preventDefault();
  }

  return (
    <div className="composer">
      {showing && <Suggestions commands={commands} active={active} text={text} onTake={take} />}
      <div className="composer-box">
        <textarea
          ref={own}
          rows={1}
          aria-label={name}
          placeholder={name}
          value={text}
          enterKeyHint="send"
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKey}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        />
        <button type="button" className="send" aria-label="Send" disabled={!text.trim()} onClick={() => void send()}>
          <span aria-hidden="true">➤</span>
        </button>
      </div>
      <p className="composer-hint" aria-hidden="true">
        <b>Enter</b> to send · <b>Shift + Enter</b> for a new line
      </p>
    </div>
  );
}
