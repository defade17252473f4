// The list of a select: choices in groups, one of them active, some chosen.
import { useEffect, type ReactNode } from "react";

export interface Choice {
  value: string;
  label: string;
  description?: string;
}

export interface Group {
  label?: string;
  choices: Choice[];
}

interface OptionsProps {
  id: string;
  groups: Group[];
  active: number;
  chosen: string[];
  empty?: string;
  onPick: (choice: Choice) => void;
  onActive: (index: number) => void;
}

export const flat = (groups: Group[]): Choice[] => groups.flatMap((group) => group.choices);
export const optionId = (id: string, index: number): string => `${id}-${index}`;

export function Options({ id, groups, active, chosen, empty, onPick, onActive }: OptionsProps): ReactNode {
  useEffect(() => {
    document.getElementById(optionId(id, active))?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  let index = 0;
  return (
    <>
      {groups.map((group, at) => {
        const options = group.choices.map((choice) => {
          const own = index++;
          return (
            <div
              key={`${own} ${choice.value}`}
              id={optionId(id, own)}
              role="option"
              aria-selected={chosen.includes(choice.value)}
              className={own === active ? "option active" : "option"}
              onPointerMove={() => own !== active && onActive(own)}
              onClick={() => onPick(choice)}
            >
              <span className="option-label">{choice.label}</span>
              {choice.description && <span className="option-description">{choice.description}</span>}
            </div>
          );
        });
        return group.label ? (
          <div role="group" aria-label={group.label} key={at}>
            <div className="option-group" aria-hidden="true">
              {group.label}
            </div>
            {options}
          </div>
        ) : (
          options
        );
      })}
      {index === 0 && (
        <div className="option-none" role="option" aria-disabled="true" aria-selected="false">
          {empty ?? "Nothing to choose from"}
        </div>
      )}
    </>
  );
}

const START: Record<string, true> = { Enter: true, " ": true, ArrowDown: true, ArrowUp: true };
export const opensList = (key: string): boolean => key in START;

/** The index that a key moves to, or null where it moves none. */
export function moved(key: string, active: number, length: number): number | null {
  if (length === 0) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(active + 1, length - 1);
    case "ArrowUp":
      return Math.max(active - 1, 0);
    case "Home":
    case "PageUp":
      return 0;
    case "End":
    case "PageDown":
      return length - 1;
    default:
      return null;
  }
}
