// A select that one types in: choices come from the app, or from the people and channels.
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { moved, optionId, Options, type Choice } from "./options";
import { Popup } from "./popup";

export interface SearchProps {
  label: string;
  placeholder: string;
  chosen: Choice[];
  many: boolean;
  busy?: boolean;
  describedBy?: string;
  invalid?: boolean;
  autoFocus?: boolean;
  id?: string;
  shortest: number;
  find: (text: string) => Promise<Choice[]> | Choice[];
  onChange: (chosen: Choice[]) => void;
}

const WAIT = 150;

/** The choices for what was typed last; an answer that comes late is dropped. */
function useFound(open: boolean, text: string, props: SearchProps): { found: Choice[]; note: string } {
  const [found, setFound] = useState<Choice[]>([]);
  const [note, setNote] = useState("");
  const find = useRef(props.find);
  find.current = props.find;
  const { shortest } = props;
  useEffect(() => {
    if (!open) return;
    if (text.length < shortest) {
      setFound([]);
      setNote(`Type ${shortest - text.length} more to search`);
      return;
    }
    let late = false;
    setNote("Searching …");
    const timer = setTimeout(() => {
      void Promise.resolve(find.current(text)).then((choices) => {
        if (late) return;
        setFound(choices);
        setNote(choices.length ? "" : "Nothing found");
      });
    }, WAIT);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [open, text, shortest]);
  return { found, note };
}

export function Search(props: SearchProps): ReactNode {
  const { label, chosen, many, onChange } = props;
  const own = useRef<HTMLInputElement>(null);
  const list = useId();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const { found, note } = useFound(open, text, props);
  const close = useCallback(() => {
    setOpen(false);
    setText("");
  }, []);
  const values = chosen.map((choice) => choice.value);

  function pick(choice: Choice | undefined): void {
    if (!choice) return;
    const others = chosen.filter((one) => one.value !== choice.value);
    onChange(many ? (others.length < chosen.length ? others : [...chosen, choice]) : [choice]);
    close();
  }

  function onKey(event: KeyboardEvent): void {
    const { key } = event;
    const next = open && key !== "Home" && key !== "End" ? moved(key, active, found.length) : null;
    if (next !== null) setActive(next);
    else if (!open && (key === "ArrowDown" || key === "ArrowUp" || key === "Enter")) setOpen(true);
    else if (open && key === "Enter") pick(found[active]);
    else if (open && key === "Escape") close();
    else if (key === "Backspace" && text === "" && chosen.length) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <span className="search">
      {many &&
        chosen.map((choice) => (
          <span className="chip" key={choice.value}>
            {choice.label}
            <button
              type="button"
              aria-label={`Remove ${choice.label}`}
              onClick={() => onChange(chosen.filter((one) => one !== choice))}
            >
              ×
            </button>
          </span>
        ))}
      <input
        ref={own}
        id={props.id}
        role="combobox"
        className="select"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && found.length ? optionId(list, active) : undefined}
        aria-busy={props.busy || undefined}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        autoFocus={props.autoFocus}
        autoComplete="off"
        placeholder={props.placeholder}
        value={open ? text : many ? "" : (chosen[0]?.label ?? "")}
        onChange={(event) => {
          setOpen(true);
          setActive(0);
          setText(event.target.value);
        }}
        onClick={() => setOpen(true)}
        onKeyDown={onKey}
        onBlur={close}
      />
      <span className="caret" aria-hidden="true" />
      {open && (
        <Popup anchor={own} onClose={close} role="listbox" id={list} label={label} many={many}>
          <Options
            id={list}
            groups={[{ choices: found }]}
            active={active}
            chosen={values}
            empty={note}
            onPick={pick}
            onActive={setActive}
          />
        </Popup>
      )}
    </span>
  );
}
