// A modal dialog while it is mounted: the browser keeps the focus inside, and it goes back afterwards.
import { useLayoutEffect, type KeyboardEvent, type RefObject, type SyntheticEvent } from "react";

/** `first` finds what is focused at the start, if nothing asks for it itself. */
export function useModal(
  own: RefObject<HTMLDialogElement | null>,
  onClose: () => void,
  first?: (dialog: HTMLDialogElement) => HTMLElement | null,
): { onKeyDown: (event: KeyboardEvent) => void; onCancel: (event: SyntheticEvent) => void } {
  useLayoutEffect(() => {
    const dialog = own.current;
    if (!dialog) return;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    if (!dialog.querySelector("[autofocus]:focus")) first?.(dialog)?.focus();
    return () => {
      dialog.close();
      const isThere = before?.isConnected && before !== document.body;
      (isThere ? before : document.querySelector<HTMLElement>(".composer textarea"))?.focus();
    };
  }, [own, first]);
  return {
    // A second Escape in a row would close the element past `cancel`, so it never gets that far.
    onKeyDown: (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    },
    onCancel: (event) => {
      event.preventDefault();
      onClose();
    },
  };
}
