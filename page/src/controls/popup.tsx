// A list or menu that hangs on a control, above everything else (also within dialogs).
import { useEffect, useLayoutEffect, useRef, type CSSProperties, type ReactNode, type RefObject } from "react";

interface PopupProps {
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
  role: "listbox" | "menu" | "dialog";
  id: string;
  label: string;
  many?: boolean;
  end?: boolean;
  children: ReactNode;
}

const GAP = 4;
const TALLEST = 320;

function place(anchor: HTMLElement, popup: HTMLElement, end: boolean): void {
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom - GAP * 2;
  const above = at.top - GAP * 2;
  const up = below < Math.min(popup.scrollHeight, TALLEST) && above > below;
  const height = Math.min(TALLEST, up ? above : below);
  const style: CSSProperties = { maxHeight: height, minWidth: Math.min(at.width, innerWidth - GAP * 2) };
  popup.style.maxHeight = `${String(style.maxHeight)}px`;
  popup.style.minWidth = `${String(style.minWidth)}px`;
  const width = popup.offsetWidth;
  const left = end ? at.right - width : at.left;
  popup.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  popup.style.top = up ? "auto" : `${at.bottom + GAP}px`;
  popup.style.bottom = up ? `${innerHeight - at.top + GAP}px` : "auto";
}

export function Popup({ anchor, onClose, role, id, label, many, end = false, children }: PopupProps): ReactNode {
  const own = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const popup = own.current;
    if (popup && !popup.matches(":popover-open")) popup.showPopover();
  }, []);
  useLayoutEffect(() => {
    if (own.current && anchor.current) place(anchor.current, own.current, end);
  });
  useEffect(() => {
    const replace = () => own.current && anchor.current && place(anchor.current, own.current, end);
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!own.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    addEventListener("pointerdown", outside, true);
    addEventListener("scroll", replace, true);
    addEventListener("resize", replace);
    return () => {
      removeEventListener("pointerdown", outside, true);
      removeEventListener("scroll", replace, true);
      removeEventListener("resize", replace);
    };
  }, [anchor, onClose, end]);
  return (
    <div
      ref={own}
      id={id}
      className={`popup popup-${role}`}
      popover="manual"
      role={role}
      aria-label={label}
      aria-multiselectable={many || undefined}
      onMouseDown={(event) => event.preventDefault()}
    >
      {children}
    </div>
  );
}
