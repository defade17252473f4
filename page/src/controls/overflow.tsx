import { useCallback, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useValue } from "../surface";
import type { Option } from "../types";
import { plainWords } from "./button";
import type { ControlProps } from "./control";
import { moved, opensList } from "./options";
import { Popup } from "./popup";

/** The menu behind "⋯": focus moves into it and comes back. */
export function Overflow({ block, element }: ControlProps): ReactNode {
  const { choose, busy } = useValue(block, element);
  const own = useRef<HTMLButtonElement>(null);
  const items = useRef<(HTMLElement | null)[]>([]);
  const menu = useId();
  const [open, setOpen] = useState(false);
  const options = element.options ?? [];
  const close = useCallback(() => setOpen(false), []);

  function start(): void {
    setOpen(true);
    requestAnimationFrame(() => items.current[0]?.focus());
  }

  function leave(): void {
    close();
    own.current?.focus();
  }

  function pick(option: Option): void {
    leave();
    if (option.url && /^https?:/.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    void choose(option.value);
  }

  function onKey(event: KeyboardEvent): void {
    const active = items.current.indexOf(document.activeElement as HTMLElement);
    const next = moved(event.key, active, options.length);
    if (next !== null) items.current[next]?.focus();
    else if (event.key === "Escape") leave();
    else if (event.key === "Tab") return close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <button
        ref={own}
        type="button"
        className="button overflow"
        aria-label="More options"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? menu : undefined}
        aria-busy={busy || undefined}
        onClick={() => (open ? close() : start())}
        onKeyDown={(event) => {
          if (open && event.key === "Escape") {
            // pressed before the menu has taken the focus
            event.preventDefault();
            event.stopPropagation();
            return leave();
          }
          if (open || !opensList(event.key) || event.key === "Enter" || event.key === " ") return;
          event.preventDefault();
          start();
        }}
      >
        <span aria-hidden="true">⋯</span>
      </button>
      {open && (
        <Popup anchor={own} onClose={close} role="menu" id={menu} label="More options" end>
          <div role="none" onKeyDown={onKey}>
            {options.map((option, index) => (
              <button
                key={option.value}
                ref={(item) => {
                  items.current[index] = item;
                }}
                type="button"
                role="menuitem"
                tabIndex={-1}
                className="option"
                onPointerMove={(event) => event.currentTarget.focus()}
                onClick={() => pick(option)}
              >
                <span className="option-label">{plainWords(option.text)}</span>
                {option.description && <span className="option-description">{plainWords(option.description)}</span>}
              </button>
            ))}
          </div>
        </Popup>
      )}
    </>
  );
}
