// An input block: its label, control, hint and error, tied together.
import { useId, type ReactNode } from "react";
import { useSurface } from "../surface";
import type { Block } from "../types";
import { plainWords } from "./button";
import { Control } from "./control";

const GROUPS = new Set(["radio_buttons", "checkboxes"]);

export function Field({ block }: { block: Block }): ReactNode {
  const { errors } = useSurface();
  const own = useId();
  const element = block.element;
  if (!element) throw new Error("an input without an element");
  const label = plainWords(block.label);
  const error = errors[block.block_id ?? ""];
  const described = [block.hint && `${own}-hint`, error && `${own}-error`].filter(Boolean).join(" ");
  const name = (
    <>
      {label}
      {block.optional && <span className="quiet"> (optional)</span>}
    </>
  );
  return (
    <div className={error ? "field-input wrong" : "field-input"}>
      {GROUPS.has(element.type) ? (
        <div className="label">{name}</div>
      ) : (
        <label className="label" htmlFor={own}>
          {name}
        </label>
      )}
      <Control
        block={block}
        element={element}
        labelling={{
          id: own,
          label,
          describedBy: described || undefined,
          invalid: Boolean(error),
          required: !block.optional,
        }}
      />
      {error && (
        <div className="error" id={`${own}-error`} role="alert">
          {error}
        </div>
      )}
      {block.hint && (
        <div className="hint quiet" id={`${own}-hint`}>
          {plainWords(block.hint)}
        </div>
      )}
    </div>
  );
}
