// Rich text as the library draws it rightly: what it would draw otherwise than Slack is said another way.
import { findChannel, findPerson, formatDate, type World } from "./people";
import type { RichElement } from "./types";

function strangerWords(element: RichElement, { state }: World): string | null {
  const { type, text, user_id: user = "", channel_id: channel = "" } = element;
  if (type === "user" && !findPerson(state, user)) return `@${text?.replace(/^@/, "") || user}`;
  if (type === "channel" && !findChannel(state, channel)) return `#${text?.replace(/^#/, "") || channel}`;
  return null;
}

const PARTS = new Set("section quote preformatted list".split(" ").map((name) => `rich_text_${name}`));
const INLINE = new Set("text link emoji user usergroup channel broadcast date color".split(" "));

/** Dates in words of the reader's zone, and strangers by the name they are given. */
function inWords(element: RichElement, world: World): RichElement {
  if (PARTS.has(element.type)) {
    return { ...element, elements: (element.elements ?? []).map((one) => inWords(one, world)) };
  }
  if (!INLINE.has(element.type)) throw new Error(`rich text of type ${element.type}`);
  if (element.type === "date") {
    const text = formatDate(element.timestamp ?? NaN, element.format ?? "", element.fallback ?? "", world.me.tz);
    return element.url ? { type: "link", url: element.url, text } : { type: "text", text, style: element.style };
  }
  const words = strangerWords(element, world);
  return words === null ? element : { type: "text", text: words, style: element.style };
}

/** Lists that count from one: the library goes on counting where a list of another style came before. */
function counted(elements: RichElement[]): RichElement[] {
  let before: { style: unknown; items: number }[] = [];
  return elements.map((one) => {
    if (one.type !== "rich_text_list") {
      before = [];
      return one;
    }
    const depth = one.indent ?? 0;
    const same = before[depth];
    const items = same?.items ?? 0;
    before = [...before.slice(0, depth), { style: one.style, items: items + (one.elements?.length ?? 0) }];
    return same && same.style !== one.style ? { ...one, offset: (one.offset ?? 0) - items } : one;
  });
}

export const settled = (elements: RichElement[], world: World): RichElement[] =>
  counted(elements.map((one) => inWords(one, world)));

/** The user groups that are named in it: the state knows none. */
export function groupsIn(elements: RichElement[]): { id: string; name: string }[] {
  return elements.flatMap((one) => {
    if (one.elements) return groupsIn(one.elements);
    if (one.type !== "usergroup") return [];
    const id = one.usergroup_id ?? "";
    return [{ id, name: one.text?.replace(/^@/, "") || id }];
  });
}
