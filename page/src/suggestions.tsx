import type { ReactNode } from "react";
import { Avatar } from "./avatar";
import type { Command } from "./types";

/** The commands that a text may become; once one is complete, that one alone. */
export function suggested(commands: Command[], text: string): Command[] {
  if (!text.startsWith("/") || text.includes("\n")) return [];
  const [word = "", ...more] = text.toLowerCase().split(" ");
  return commands.filter(({ command }) => (more.length ? command === word : command.startsWith(word)));
}

interface SuggestionsProps {
  commands: Command[];
  active: number;
  text: string;
  onTake: (command: string) => void;
}

export function Suggestions({ commands, active, text, onTake }: SuggestionsProps): ReactNode {
  const chosen = commands[active];
  return (
    <div className="suggestions" onMouseDown={(event) => event.preventDefault()}>
      <div className="suggestions-head" aria-hidden="true">
        <span>{text.includes(" ") ? "Command" : "Commands"}</span>
        <span>
          <b>Tab</b> takes one · <b>Enter</b> sends what is typed
        </span>
      </div>
      <div role="listbox" aria-label="Commands">
        {commands.map((one, index) => (
          <div
            key={one.command}
            role="option"
            aria-selected={index === active}
            className={index === active ? "suggestion active" : "suggestion"}
            onClick={() => onTake(one.command)}
          >
            <Avatar id={one.command} name="Lookout" kind="app" small />
            <span>
              <b>{one.command}</b> <span className="suggestion-hint">{one.hint}</span>
              <span className="suggestion-about">{one.description}</span>
            </span>
          </div>
        ))}
      </div>
      <div className="unseen" role="status">
        {chosen && `${chosen.command} ${chosen.hint}. ${chosen.description}`}
      </div>
    </div>
  );
}
