// The stack of dialogs: the topmost acts, those below keep what was typed.
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Blocks } from "./blocks";
import { live } from "./live";
import { useModal } from "./modal";
import { decode } from "./mrkdwn";
import { startingValue, SurfaceProvider } from "./surface";
import type { Value, Values, View } from "./types";

export function Dialogs({ views, channel }: { views: View[]; channel: string | null }): ReactNode {
  return views.map((view, index) => (
    <Dialog key={view.id} view={view} channel={channel} top={index === views.length - 1} />
  ));
}

const isEmpty = (value: Value): boolean => value === null || value === "" || (Array.isArray(value) && !value.length);

/** All that the inputs of a view hold. */
function gathered(view: View, held: Values): Values {
  const values: Values = {};
  for (const block of view.blocks) {
    const { type, block_id: id = "", element } = block;
    if (type !== "input" || !element) continue;
    const own = held[id]?.[element.action_id];
    values[id] = { [element.action_id]: own === undefined ? startingValue(block, element, view.state) : own };
  }
  return values;
}

function missing(view: View, values: Values): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const { type, block_id: id = "", element, optional } of view.blocks) {
    if (type === "input" && element && !optional && isEmpty(values[id]?.[element.action_id] ?? null)) {
      wrong[id] = "Please complete this required field.";
    }
  }
  return wrong;
}

const firstControl = (dialog: HTMLElement): HTMLElement | null =>
  dialog.querySelector<HTMLElement>(".dialog-body :is(input, textarea, button)") ??
  dialog.querySelector<HTMLElement>(".dialog-foot button:last-child");

interface DialogProps {
  view: View;
  channel: string | null;
  top: boolean;
}

function Dialog({ view, channel, top }: DialogProps): ReactNode {
  const own = useRef<HTMLDialogElement>(null);
  const held = useRef<Values>({});
  const title = useId();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);

  const modal = useModal(own, () => void close(), firstControl);
  useEffect(() => {
    setErrors({});
    setTrouble("");
  }, [view.hash]);
  const problems = { ...view.errors, ...errors };

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy || !view.submit) return;
    const values = gathered(view, held.current);
    const wrong = missing(view, values);
    setErrors(wrong);
    setTrouble("");
    if (Object.keys(wrong).length) return;
    setBusy(true);
    const done = await live.act({ act: "submit", view: view.id, values });
    setBusy(false);
    if (done.errors) setErrors(done.errors);
    else if (!done.ok) setTrouble(done.error ?? "We had some trouble connecting. Try again?");
  }

  async function close(): Promise<void> {
    const done = await live.act({ act: "close", view: view.id });
    if (!done.ok && done.error) setTrouble(done.error);
  }

  return (
    <dialog
      ref={own}
      className={top ? "dialog" : "dialog below"}
      aria-labelledby={title}
      {...modal}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="dialog-head">
          <h2 id={title} className="dialog-title">
            {decode(view.title)}
          </h2>
          <button type="button" className="icon" aria-label="Close" onClick={() => void close()}>
            ×
          </button>
        </div>
        <div className="dialog-body">
          <SurfaceProvider
            surface={{ kind: "view", id: view.id }}
            said={view.state}
            channel={channel}
            errors={problems}
            heldIn={held}
          >
            <Blocks blocks={view.blocks} />
          </SurfaceProvider>
          {trouble && (
            <div className="error" role="alert">
              {trouble}
            </div>
          )}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={() => void close()}>
            {view.close ? decode(view.close) : view.submit ? "Cancel" : "Close"}
          </button>
          {view.submit && (
            <button type="submit" className="button filled primary" aria-busy={busy || undefined}>
              {decode(view.submit)}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
