// What the library draws: rich text, tables, charts, markdown. Everything that acts is drawn elsewhere.
import { memo, useMemo, type ReactNode } from "react";
import { Message as Library, type Block as LibraryBlock } from "slack-blocks-to-jsx";
import { literal, richText, type Reading } from "./mrkdwn";
import { findChannel, findPerson, formatDate, useWorld, type World } from "./people";
import type { Block, Cell, RichElement, Text } from "./types";

export function useReading(): Reading {
  const { me } = useWorld();
  return useMemo(() => ({ date: (at, format, fallback) => formatDate(at, format, fallback, me.tz) }), [me.tz]);
}

/** One passive block as the library draws it. */
function Drawn({ block, groups = [] }: { block: Block; groups?: { id: string; name: string }[] }): ReactNode {
  const { state, theme } = useWorld();
  const data = {
    users: state.users.map(({ id, name }) => ({ id, name })),
    channels: state.channels.map(({ id, name }) => ({ id, name })),
    user_groups: groups,
  };
  return <Library blocks={[block as LibraryBlock]} data={data} theme={theme} logo="" name="" withoutWrapper />;
}

function mentionWords(element: RichElement, world: World): string | null {
  const { state } = world;
  switch (element.type) {
    case "user":
      return findPerson(state, element.user_id ?? "") ? null : `@${element.text?.replace(/^@/, "") || element.user_id}`;
    case "channel":
      return findChannel(state, element.channel_id ?? "")
        ? null
        : `#${element.text?.replace(/^#/, "") || element.channel_id}`;
    default:
      return null;
  }
}

/** What the library would draw otherwise than Slack (dates, strangers), said in words. */
function settled(element: RichElement, world: World): RichElement {
  if (element.elements) return { ...element, elements: element.elements.map((one) => settled(one, world)) };
  if (element.type === "date") {
    const text = formatDate(element.timestamp ?? NaN, element.format ?? "", element.fallback ?? "", world.me.tz);
    return element.url ? { type: "link", url: element.url, text } : { type: "text", text, style: element.style };
  }
  const words = mentionWords(element, world);
  return words === null ? element : { type: "text", text: words, style: element.style };
}

function groupsIn(elements: RichElement[]): { id: string; name: string }[] {
  return elements.flatMap((one) => {
    if (one.elements) return groupsIn(one.elements);
    if (one.type !== "usergroup") return [];
    const id = one.usergroup_id ?? "";
    return [{ id, name: one.text?.replace(/^@/, "") || id }];
  });
}

export const Rich = memo(function Rich({ elements }: { elements: RichElement[] }): ReactNode {
  const world = useWorld();
  const shown = elements.map((one) => settled(one, world));
  return <Drawn block={{ type: "rich_text", elements: shown }} groups={groupsIn(elements)} />;
});

/** A text object, read by our own parser and drawn as rich text. */
export const Words = memo(function Words({ text }: { text: Text }): ReactNode {
  const reading = useReading();
  const elements = useMemo(() => richText(text, reading), [text, reading]);
  return <Rich elements={elements} />;
});

/** A text without any markup of its own. */
export const Literal = ({ text }: { text: string }): ReactNode => <Rich elements={literal(text)} />;

function cellElements(cell: Cell): RichElement[] {
  switch (cell.type) {
    case "rich_text":
      return cell.elements ?? [];
    case "raw_text":
      return literal(cell.text ?? "");
    case "raw_number":
      return literal(cell.text ?? String(cell.value));
    default:
      throw new Error(`a cell of type ${cell.type}`);
  }
}

/** A table; raw cells become rich text, for the library would read markup in them. */
export function Table({ block, name }: { block: Block; name?: string }): ReactNode {
  const world = useWorld();
  const rows = (block.rows ?? []).map((row) =>
    row.map((cell) => ({
      type: "rich_text",
      elements: cellElements(cell).map((one) => settled(one, world)),
    })),
  );
  return (
    <div className="table" tabIndex={0} role="group" aria-label={name ?? "Table"}>
      <Drawn block={{ type: "table", rows, column_settings: block.column_settings }} />
    </div>
  );
}

export const Chart = ({ block }: { block: Block }): ReactNode => <Drawn block={block} />;

/** Standard markdown. Pictures of other hosts are never asked for: their alt text links to them. */
export function Markdown({ text }: { text: string }): ReactNode {
  return <Drawn block={{ type: "markdown", text: text.replace(/!\[([^\]]*)\]\(/g, "[$1](") as unknown as Text }} />;
}
