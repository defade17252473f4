// A select whose choices are known: a combobox that shows its choice.
import { useCallback, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { flat, moved, opensList, optionId, Options, type Choice, type Group } from "./options";
import { Popup } from "./popup";

export interface MenuProps {
  label: string;
  groups: Group[];
  chosen: string[];
  placeholder: string;
  many?: boolean;
  busy?: boolean;
  describedBy?: string;
  invalid?: boolean;
  autoFocus?: boolean;
  id?: string;
  className?: string;
  onPick: (choice: Choice) => void;
}

const PAUSE = 800;

/** Typing jumps to the next choice with a word that begins so. */
function useTypeahead(): (key: string) => string {
  const typed = useRef({ text: "", at: 0 });
  return (key) => {
    const now = performance.now();
    typed.current = { text: (now - typed.current.at < PAUSE ? typed.current.text : "") + key.toLowerCase(), at: now };
    return typed.current.text;
  };
}

function matching(choices: Choice[], text: string, from: number): number {
  const order = [...choices.keys()].map((index) => (index + from) % choices.length);
  const begins = (label: string) => label.toLowerCase().split(/[\s/·_-]+/).some((one) => one.startsWith(text));
  return order.find((index) => choices[index]!.label.toLowerCase().startsWith(text)) ?? order.find((index) => begins(choices[index]!.label)) ?? -1;
}

export function Menu(props: MenuProps): ReactNode {
  const { label, groups, chosen, placeholder, many, busy, onPick } = props;
  const own = useRef<HTMLButtonElement>(null);
  const list = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const typeahead = useTypeahead();
  const choices = flat(groups);
  const close = useCallback(() => setOpen(false), []);
  const shown = choices.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.label);

  function start(): void {
    setActive(Math.max(0, choices.findIndex((choice) => chosen.includes(choice.value))));
    setOpen(true);
  }

  function pick(choice: Choice | undefined): void {
    if (choice) onPick(choice);
    if (!many) close();
  }

  function onKey(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = open ? moved(key, active, choices.length) : null;
    if (next !== null) setActive(next);
    else if (open && (key === "Enter" || key === " ")) pick(choices[active]);
    else if (open && key === "Escape") close();
    else if (!open && opensList(key)) start();
    else if (key.length === 1 && key !== " ") jump(key);
    else {
      if (key === "Tab") close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function jump(key: string): void {
    const found = matching(choices, typeahead(key), open ? active : 0);
    if (!open) start();
    if (found >= 0) setActive(found);
  }

  return (
    <>
      <button
        ref={own}
        id={props.id}
        type="button"
        role="combobox"
        className={`select ${props.className ?? ""}`}
        aria-label={label}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && choices.length ? optionId(list, active) : undefined}
        aria-busy={busy || undefined}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        autoFocus={props.autoFocus}
        onClick={() => (open ? close() : start())}
        onKeyDown={onKey}
        onBlur={close}
      >
        <span className={shown.length ? "select-shown" : "select-shown select-none"}>
          {shown.length ? shown.join(", ") : placeholder}
        </span>
        <span className="caret" aria-hidden="true" />
      </button>
      {open && (
        <Popup anchor={own} onClose={close} role="listbox" id={list} label={label} many={many}>
          <Options id={list} groups={groups} active={active} chosen={chosen} onPick={pick} onActive={setActive} />
        </Popup>
      )}
    </>
  );
}
