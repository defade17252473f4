// Where an element stands (a message, a dialog, the Home tab), what was chosen there, and how it acts.
import {
  createContext,
  useCallback,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
  type ReactNode,
  type RefObject,
} from "react";
import { live } from "./live";
import type { Block, Confirm, Done, Element, Option, Said, Surface, Value, Values } from "./types";

interface Standing {
  surface: Surface;
  held: Values;
  hold: (block: Block, element: Element, value: Value) => void;
  started: (block: Block, element: Element) => Value;
  trouble: (text: string) => void;
  errors: Record<string, string>;
}

const SurfaceContext = createContext<Standing | null>(null);

export function useSurface(): Standing {
  const standing = useContext(SurfaceContext);
  if (!standing) throw new Error("a control outside of a message, a dialog and Home");
  return standing;
}

const EXTERNAL = new Set(["external_select", "multi_external_select"]);

/** The value that Slack's state holds for an element, as the page sends it. */
function fromState(element: Element, state: Record<string, unknown>): Value {
  const given = Object.entries(state).find(([key]) => key !== "type")?.[1] ?? null;
  const bare = (one: unknown): Value =>
    one && typeof one === "object" && !EXTERNAL.has(element.type) ? (one as Option).value : (one as Value);
  return Array.isArray(given) ? (given.map(bare) as string[]) : bare(given);
}

function initialValue(element: Element): Value {
  const external = EXTERNAL.has(element.type);
  const one = element.initial_option;
  const many = element.initial_options;
  return (
    (external ? (one ?? many) : (one?.value ?? many?.map((each) => each.value))) ??
    element.initial_user ??
    element.initial_users ??
    element.initial_channel ??
    element.initial_channels ??
    element.initial_conversation ??
    element.initial_conversations ??
    element.initial_date ??
    element.initial_time ??
    element.initial_date_time ??
    element.initial_value ??
    null
  );
}

/** What an element holds before anyone touched it here: the server's state, else its own start. */
export function startingValue(block: Block, element: Element, said?: Said): Value {
  const state = said?.values?.[block.block_id ?? ""]?.[element.action_id];
  return state ? fromState(element, state) : initialValue(element);
}

const put = (values: Values, block: string, action: string, value: Value): Values => ({
  ...values,
  [block]: { ...values[block], [action]: value },
});

export interface SurfaceProps {
  surface: Surface;
  said?: Said;
  channel: string | null;
  errors?: Record<string, string>;
  /** Where a dialog finds what is held when it is submitted. */
  heldIn?: RefObject<Values>;
  children: ReactNode;
}

const NONE = {};

export function SurfaceProvider({ surface, said, channel, errors = NONE, heldIn, children }: SurfaceProps): ReactNode {
  const [held, setHeld] = useState<Values>({});
  const hold = useCallback((block: Block, element: Element, value: Value) => {
    setHeld((old) => put(old, block.block_id ?? "", element.action_id, value));
  }, []);
  useLayoutEffect(() => {
    if (heldIn) heldIn.current = held;
  }, [heldIn, held]);
  const standing = useMemo(
    (): Standing => ({
      surface,
      held,
      hold,
      errors,
      trouble: (text) => live.tell(channel, text),
      started: (block, element) => startingValue(block, element, said),
    }),
    [surface, held, hold, errors, channel, said],
  );
  return <SurfaceContext value={standing}>{children}</SurfaceContext>;
}

type Ask = (confirm: Confirm) => Promise<boolean>;
export const ConfirmContext = createContext<Ask>(() => Promise.resolve(true));

interface Holding {
  value: Value;
  busy: boolean;
  /** Hold a value; outside of inputs (and where an input says so) tell the app, once confirmed. */
  choose: (value: Value) => Promise<void>;
  /** Hold a value without telling anyone, as while typing. */
  keep: (value: Value) => void;
  tell: (value: Value) => Promise<void>;
  suggest: (text: string) => Promise<Done>;
}

/** The value of an element and its ways to the app. */
export function useValue(block: Block, element: Element): Holding {
  const { surface, held, hold, started, trouble } = useSurface();
  const ask = useContext(ConfirmContext);
  const [busy, setBusy] = useState(false);
  const own = held[block.block_id ?? ""]?.[element.action_id];
  const at = { surface, block_id: block.block_id ?? "", action_id: element.action_id };
  const speaks = block.type !== "input" || block.dispatch_action === true;

  async function tell(value: Value): Promise<void> {
    if (!speaks) return;
    setBusy(true);
    const done = await live.act({ act: "choose", ...at, value });
    setBusy(false);
    if (!done.ok && done.error) trouble(done.error);
  }

  return {
    value: own === undefined ? started(block, element) : own,
    busy,
    keep: (value) => hold(block, element, value),
    tell,
    choose: async (value) => {
      if (speaks && element.confirm && !(await ask(element.confirm))) return;
      hold(block, element, value);
      await tell(value);
    },
    suggest: (text) => live.act({ act: "suggest", ...at, text }),
  };
}

/** Pressing a button of a surface, once confirmed; `busy` until Slack's answer. */
export function usePress(block: Block, element: Element): { busy: boolean; press: () => Promise<void> } {
  const { surface, trouble } = useSurface();
  const ask = useContext(ConfirmContext);
  const [busy, setBusy] = useState(false);
  async function press(): Promise<void> {
    if (busy || (element.confirm && !(await ask(element.confirm)))) return;
    setBusy(true);
    const at = { surface, block_id: block.block_id ?? "", action_id: element.action_id };
    const done = await live.act({ act: "press", ...at });
    setBusy(false);
    if (!done.ok && done.error) trouble(done.error);
  }
  return { busy, press };
}
