// Dates and times: the browser's own pickers, which a keyboard and a screen reader know.
import type { ReactNode } from "react";
import { useWorld } from "../people";
import { useValue } from "../surface";
import { nameOf, type ControlProps } from "./control";

interface PickerProps extends ControlProps {
  kind: "date" | "time" | "datetime-local";
  otherwise: string;
  shown: string;
  onChoose: (text: string) => void;
}

function Picker({ kind, otherwise, shown, onChoose, ...props }: PickerProps): ReactNode {
  const { labelling, element } = props;
  return (
    <input
      type={kind}
      id={labelling?.id}
      className="input picker"
      aria-label={nameOf(props, otherwise)}
      aria-describedby={labelling?.describedBy}
      aria-invalid={labelling?.invalid || undefined}
      autoFocus={element.focus_on_load}
      value={shown}
      onChange={(event) => onChoose(event.target.value)}
    />
  );
}

export function DatePicker(props: ControlProps): ReactNode {
  const { value, choose } = useValue(props.block, props.element);
  const shown = typeof value === "string" ? value : "";
  return <Picker {...props} kind="date" otherwise="Select a date" shown={shown} onChoose={(text) => void choose(text || null)} />;
}

export function TimePicker(props: ControlProps): ReactNode {
  const { value, choose } = useValue(props.block, props.element);
  const shown = typeof value === "string" ? value : "";
  return <Picker {...props} kind="time" otherwise="Select a time" shown={shown} onChoose={(text) => void choose(text || null)} />;
}

const local = (seconds: number, zone: string): string => {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return parts.format(seconds * 1000).replace(" ", "T");
};

/** Epoch seconds of a wall time like `2026-11-24T20:19` in a zone. */
export function instant(text: string, zone: string): number | null {
  const asUtc = Date.parse(`${text}Z`) / 1000;
  if (Number.isNaN(asUtc)) return null;
  let guess = asUtc;
  for (let round = 0; round < 2; round++) guess += asUtc - Date.parse(`${local(guess, zone)}Z`) / 1000;
  return guess;
}

export function DateTimePicker(props: ControlProps): ReactNode {
  const { me } = useWorld();
  const { value, choose } = useValue(props.block, props.element);
  const shown = typeof value === "number" ? local(value, me.tz) : "";
  return (
    <Picker
      {...props}
      kind="datetime-local"
      otherwise="Select a date and a time"
      shown={shown}
      onChoose={(text) => void choose(instant(text, me.tz))}
    />
  );
}
