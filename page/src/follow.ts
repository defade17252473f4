// A log follows its newest entry, unless its reader scrolled up; what answers the reader is shown all the same.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Asked } from "./live";
import type { Message, Notice } from "./types";

const NEAR = 48;
const ANSWERED_WITHIN = 30_000;

export type Newest = { key: string; message?: Message; notice?: Notice } | undefined;

/** Whether an entry is the reader's own, or answers what they did last. */
function answers(newest: Newest, asked: Asked | null, me: string): boolean {
  const { message } = newest ?? {};
  if (!message || message.author.id === me) return true;
  const waiting = asked !== null && performance.now() - asked.at < ANSWERED_WITHIN;
  return waiting && (message.ephemeral || (message.author.bot && !asked.answered));
}

interface Following {
  /** Whether something new stands below that the reader has not seen. */
  away: boolean;
  down: () => void;
}

/** Keeps a scrolling element at its end while it is there. `sent` is the reader's last act, if it was sent here. */
export function useFollow(
  log: RefObject<HTMLElement | null>,
  newest: Newest,
  asked: Asked | null,
  sent: boolean,
  me: string,
): Following {
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const down = () => {
    following.current = true;
    setAway(false);
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (following.current && log.current) log.current.scrollTop = log.current.scrollHeight;
  });
  useEffect(() => {
    const own = log.current;
    if (!own) return;
    let top = own.scrollTop;
    const scrolled = () => {
      const atEnd = own.scrollHeight - own.scrollTop - own.clientHeight < NEAR;
      // what only grew has not been left: whoever leaves goes up
      following.current = atEnd || (following.current && own.scrollTop >= top);
      top = own.scrollTop;
      if (atEnd) setAway(false);
    };
    const resized = new ResizeObserver(() => {
      if (following.current) own.scrollTop = own.scrollHeight;
    });
    own.addEventListener("scroll", scrolled, { passive: true });
    resized.observe(own);
    if (own.firstElementChild) resized.observe(own.firstElementChild);
    return () => {
      own.removeEventListener("scroll", scrolled);
      resized.disconnect();
    };
  }, [log]);
  useLayoutEffect(() => {
    if (sent) down();
  }, [sent && asked]);
  const key = newest?.key;
  const known = useRef(key);
  useLayoutEffect(() => {
    if (known.current === key) return;
    known.current = key;
    const mine = answers(newest, asked, me);
    if (mine && asked && newest?.message?.author.bot) asked.answered = true;
    if (following.current) return;
    if (mine) show(log.current);
    else setAway(true);
  }, [key]);
  return { away, down };
}

/** Bring the last entry into view: its beginning, where it is higher than the log. */
function show(log: HTMLElement | null): void {
  const last = log?.firstElementChild?.lastElementChild;
  if (!log || !last) return;
  const isHigh = last.getBoundingClientRect().height > log.clientHeight;
  last.scrollIntoView({ block: isHigh ? "start" : "end" });
}
