// The confirmation that an element asks for before it acts.
import { useCallback, useId, useRef, useState, type ReactNode } from "react";
import { Words } from "../drawn";
import { useModal } from "../modal";
import { ConfirmContext } from "../surface";
import type { Confirm } from "../types";
import { plainWords } from "./button";

interface Question {
  confirm: Confirm;
  answer: (yes: boolean) => void;
}

export function ConfirmProvider({ children }: { children: ReactNode }): ReactNode {
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = useCallback(
    (confirm: Confirm) =>
      new Promise<boolean>((resolve) => {
        const answer = (yes: boolean) => {
          setQuestion(null);
          resolve(yes);
        };
        setQuestion({ confirm, answer });
      }),
    [],
  );
  return (
    <ConfirmContext value={ask}>
      {children}
      {question && <Ask {...question} />}
    </ConfirmContext>
  );
}

function Ask({ confirm, answer }: Question): ReactNode {
  const own = useRef<HTMLDialogElement>(null);
  const title = useId();
  const modal = useModal(own, () => answer(false));
  return (
    <dialog
      ref={own}
      className="dialog confirm"
      aria-labelledby={title}
      {...modal}
    >
      <h2 id={title} className="dialog-title">
        {confirm.title ? plainWords(confirm.title) : "Are you sure?"}
      </h2>
      <div className="dialog-body">
        <Words text={confirm.text} />
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={() => answer(false)}>
          {confirm.deny ? plainWords(confirm.deny) : "Cancel"}
        </button>
        <button type="button" className={`button filled ${confirm.style ?? "primary"}`} onClick={() => answer(true)}>
          {confirm.confirm ? plainWords(confirm.confirm) : "Yes"}
        </button>
      </div>
    </dialog>
  );
}
