import type { KeyboardEvent, ReactNode } from "react";
import { useValue } from "../surface";
import type { Element, RichElement, Value } from "../types";
import { plainWords } from "./button";
import { nameOf, type ControlProps } from "./control";

const KINDS: Record<string, { type: string; inputMode?: "decimal" | "numeric" }> = {
  plain_text_input: { type: "text" },
  number_input: { type: "text", inputMode: "decimal" },
  email_text_input: { type: "email" },
  url_text_input: { type: "url" },
};

const tells = (element: Element, when: string): boolean =>
  (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(when);

export function TextInput(props: ControlProps): ReactNode {
  const { block, element, labelling } = props;
  const { value, keep, tell } = useValue(block, element);
  const shown = typeof value === "string" ? value : "";

  function typed(text: string): void {
    keep(text);
    if (block.dispatch_action && tells(element, "on_character_entered")) void tell(text);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !block.dispatch_action || !tells(element, "on_enter_pressed")) return;
    event.preventDefault();
    void tell(shown);
  }

  const shared = {
    id: labelling?.id,
    className: "input",
    "aria-label": labelling?.id ? undefined : nameOf(props, "Text"),
    "aria-describedby": labelling?.describedBy,
    "aria-invalid": labelling?.invalid || undefined,
    "aria-required": labelling?.required || undefined,
    autoFocus: element.focus_on_load,
    placeholder: plainWords(element.placeholder) || undefined,
    value: shown,
    maxLength: element.max_length,
    onKeyDown: onKey,
  };
  if (element.multiline) return <textarea {...shared} rows={4} onChange={(event) => typed(event.target.value)} />;
  return <input {...shared} {...KINDS[element.type]} onChange={(event) => typed(event.target.value)} />;
}

const words = (value: unknown): string => {
  const one = value as RichElement | null;
  return one?.text ?? (one?.elements ?? []).map(words).join("");
};

/** A rich text input without a toolbar: what is typed is sent as plain words. */
export function RichInput(props: ControlProps): ReactNode {
  const { block, element, labelling } = props;
  const { value, keep } = useValue(block, element);
  const rich = (text: string): Value =>
    text === ""
      ? null
      : ({
          type: "rich_text",
          elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
        } as unknown as Value);
  return (
    <textarea
      id={labelling?.id}
      className="input"
      rows={4}
      aria-label={labelling?.id ? undefined : nameOf(props, "Text")}
      aria-describedby={labelling?.describedBy}
      aria-invalid={labelling?.invalid || undefined}
      autoFocus={element.focus_on_load}
      placeholder={plainWords(element.placeholder) || undefined}
      value={words(value)}
      onChange={(event) => keep(rich(event.target.value))}
    />
  );
}
