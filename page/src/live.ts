// The one connection to the page's server: the state that it tells, and acts with their answers.
import type { Act, Done, Notice, State } from "./types";

export type Line = "connecting" | "open" | "lost";

interface Snapshot {
  state: State | null;
  line: Line;
  /** When the state came, by this machine's own clock (ms): the simulated one goes on from there. */
  at: number;
  /** What went wrong with an act of this person, told as Slack would. */
  troubles: Notice[];
  /** What this person did last. */
  asked: Asked | null;
}

/** An act that may be answered by messages; `at` by this machine's own clock (ms). */
export interface Asked {
  act: Act;
  at: number;
  answered: boolean;
}

const KEY = new URLSearchParams(location.search).get("key") ?? "";
const TRIES = 4;
const MOST_TROUBLES = 50;
const ASKS = new Set(["send", "press", "choose", "submit"]);
const LOST: Done = { ok: false, error: "The playground cannot be reached." };

export function fileAddress(id: string): string {
  return `/files/${encodeURIComponent(id)}?key=${encodeURIComponent(KEY)}`;
}

/** Whether the message that was acted on stands there anew: then that was the answer. */
function isRedrawn(act: Act, before: State, after: State): boolean {
  if (!("surface" in act) || act.surface.kind !== "message") return false;
  const { channel, ts } = act.surface;
  const version = (state: State) => state.messages[channel]?.find((one) => one.ts === ts)?.version;
  return version(before) !== version(after);
}

class Live {
  #snapshot: Snapshot = { state: null, line: "connecting", at: 0, troubles: [], asked: null };
  #listeners = new Set<() => void>();
  #waiting = new Map<number, (done: Done) => void>();
  #socket: WebSocket | null = null;
  #user = sessionStorage.getItem("user") ?? "";
  #next = 1;
  #failed = 0;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): Snapshot => this.#snapshot;

  connect = (): void => {
    const socket = new WebSocket(`ws://${location.host}/live?key=${encodeURIComponent(KEY)}`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failed = 0;
      this.#set({ line: "open" });
      this.#hello();
    });
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(String(event.data))));
    socket.addEventListener("close", () => this.#closed());
  };

  retry = (): void => {
    this.#failed = 0;
    this.#set({ line: "connecting" });
    this.connect();
  };

  become = (user: string): void => {
    this.#user = user;
    sessionStorage.setItem("user", user);
    this.#set({ troubles: [], asked: null });
    this.#hello();
  };

  /** Do something; the answer comes when Slack acknowledged it, or could not. */
  act = (act: Act): Promise<Done> => {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.resolve(LOST);
    const id = this.#next++;
    if (ASKS.has(act.act)) this.#set({ asked: { act, at: performance.now(), answered: false } });
    this.#socket.send(JSON.stringify({ type: "act", id, ...act }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  };

  /** Tell in a channel what went wrong; null: wherever the person is. */
  tell = (channel: string | null, text: string): void => {
    const time = this.now();
    this.#set({ troubles: [...this.#snapshot.troubles, { channel, text, time }].slice(-MOST_TROUBLES) });
  };

  /** Epoch seconds of the simulated clock. */
  now = (): number => {
    const { state, at } = this.#snapshot;
    return state ? state.now + (performance.now() - at) / 1000 : Date.now() / 1000;
  };

  #hello(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: "hello", user: this.#user }));
    }
  }

  #heard(said: State | ({ type: "done"; id: number } & Done)): void {
    if (said.type === "state") {
      const { asked, state } = this.#snapshot;
      if (asked && state && isRedrawn(asked.act, state, said)) asked.answered = true;
      this.#set({ state: said, at: performance.now() });
      return;
    }
    this.#waiting.get(said.id)?.(said);
    this.#waiting.delete(said.id);
  }

  #closed(): void {
    for (const resolve of this.#waiting.values()) resolve(LOST);
    this.#waiting.clear();
    this.#failed += 1;
    this.#set({ line: this.#failed < TRIES ? "connecting" : "lost" });
    if (this.#failed < TRIES) setTimeout(this.connect, 250 * 2 ** this.#failed);
  }

  #set(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

export const live = new Live();
