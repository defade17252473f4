// What the library draws: rich text, tables, charts, markdown. Everything that acts is drawn elsewhere.
import { memo, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Message as Library, type Block as LibraryBlock } from "slack-blocks-to-jsx";
import { literal, richText, type Reading } from "./mrkdwn";
import { formatDate, useWorld } from "./people";
import { groupsIn, settled } from "./rich";
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
  const own = useRef<HTMLDivElement>(null);
  const [isEmpty, setEmpty] = useState(false);
  useLayoutEffect(() => {
    if (!own.current?.querySelector(".slack_blocks_to_jsx--block_wrapper")?.hasChildNodes()) setEmpty(true);
  }, []);
  if (isEmpty) throw new Error("the library draws nothing");
  return (
    <div className="drawn" ref={own}>
      <Library blocks={[block as LibraryBlock]} data={data} theme={theme} logo="" name="" withoutWrapper />
    </div>
  );
}

export const Rich = memo(function Rich({ elements }: { elements: RichElement[] }): ReactNode {
  const world = useWorld();
  return <Drawn block={{ type: "rich_text", elements: settled(elements, world) }} groups={groupsIn(elements)} />;
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
    row.map((cell) => ({ type: "rich_text", elements: settled(cellElements(cell), world) })),
  );
  return (
    <div className="table" tabIndex={0} role="group" aria-label={name ?? "Table"}>
      <Drawn block={{ type: "table", rows, column_settings: block.column_settings }} />
    </div>
  );
}

export function Chart({ block }: { block: Block }): ReactNode {
  const kind = (block.chart as { type?: string } | null)?.type ?? "none";
  if (!["bar", "line", "area", "pie"].includes(kind)) throw new Error(`a chart of type ${kind}`);
  return <Drawn block={block} />;
}

/** Standard markdown. Pictures of other hosts are never asked for (their alt text links to them); boxes to tick
 * are signs, for the library's have no name. */
export function Markdown({ text }: { text: string }): ReactNode {
  const own = text
    .replace(/!\[([^\]]*)\]\(/g, "[$1](")
    .replace(/^(\s*(?:[-*+]|\d+\.) )\[([ xX])\] /gm, (_, mark: string, tick: string) => `${mark}${tick === " " ? "☐" : "☑"} `);
  return <Drawn block={{ type: "markdown", text: own }} />;
}
