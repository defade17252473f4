import { useId, type ReactNode } from "react";
import { Words } from "../drawn";
import { useValue } from "../surface";
import type { Option } from "../types";
import { nameOf, type ControlProps } from "./control";

function Line({ option, children, id }: { option: Option; children: ReactNode; id: string }): ReactNode {
  return (
    <div className="choice">
      {children}
      <label htmlFor={id}>
        <Words text={option.text} />
        {option.description && (
          <span className="quiet">
            <Words text={option.description} />
          </span>
        )}
      </label>
    </div>
  );
}

export function Radio(props: ControlProps): ReactNode {
  const { block, element, labelling } = props;
  const { value, choose } = useValue(block, element);
  const group = useId();
  return (
    <div role="radiogroup" aria-label={nameOf(props, "Choose one")} aria-describedby={labelling?.describedBy}>
      {(element.options ?? []).map((option, index) => (
        <Line key={option.value} option={option} id={`${group}-${index}`}>
          <input
            type="radio"
            id={`${group}-${index}`}
            name={group}
            checked={value === option.value}
            onChange={() => void choose(option.value)}
          />
        </Line>
      ))}
    </div>
  );
}

export function Checkboxes(props: ControlProps): ReactNode {
  const { block, element, labelling } = props;
  const { value, choose } = useValue(block, element);
  const group = useId();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const toggled = (one: string): string[] =>
    chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
  return (
    <div role="group" aria-label={nameOf(props, "Choose any")} aria-describedby={labelling?.describedBy}>
      {(element.options ?? []).map((option, index) => (
        <Line key={option.value} option={option} id={`${group}-${index}`}>
          <input
            type="checkbox"
            id={`${group}-${index}`}
            checked={chosen.includes(option.value)}
            onChange={() => void choose(toggled(option.value))}
          />
        </Line>
      ))}
    </div>
  );
}
