// Blocks, one by one. What cannot be drawn is said so, never left out.
import { Component, useState, type ReactNode } from "react";
import { Card, Carousel, Container, DataTable, Plan, TaskCard } from "./blocks-more";
import { Control } from "./controls/control";
import { Field } from "./controls/field";
import { Chart, Markdown, Rich, Table, Words } from "./drawn";
import { Picture } from "./picture";
import { useSurface } from "./surface";
import type { Block, Element, RichElement, Text } from "./types";

const textOf = (text: Text | string | undefined): string => (typeof text === "string" ? text : (text?.text ?? ""));

export function CannotDraw({ what, why }: { what: string; why: string }): ReactNode {
  return (
    <div className="cannot-draw" role="alert">
      This {what} cannot be drawn here: {why}
    </div>
  );
}

class Guard extends Component<{ what: string; children: ReactNode }, { why: string | null }> {
  override state = { why: null };
  static getDerivedStateFromError(error: unknown): { why: string } {
    return { why: error instanceof Error ? error.message : String(error) };
  }
  override render(): ReactNode {
    return this.state.why === null ? (
      this.props.children
    ) : (
      <CannotDraw what={this.props.what} why={this.state.why} />
    );
  }
}

export function Blocks({ blocks }: { blocks: Block[] }): ReactNode {
  return (
    <div className="blocks">
      {blocks.map((block, index) => (
        <Guard key={`${index} ${block.type}`} what={block.type}>
          <OneBlock block={block} />
        </Guard>
      ))}
    </div>
  );
}

function OneBlock({ block }: { block: Block }): ReactNode {
  switch (block.type) {
    case "section":
      return <Section block={block} />;
    case "header":
      return <Header block={block} />;
    case "context":
      return <Context block={block} />;
    case "divider":
      return <hr className="divider" />;
    case "actions":
    case "context_actions":
      return <Actions block={block} />;
    case "input":
      return <Field block={block} />;
    case "image":
      return <Picture picture={block} title={block.title as Text | undefined} />;
    case "rich_text":
      return <Rich elements={block.elements as RichElement[]} />;
    case "table":
      return <Table block={block} />;
    case "data_table":
      return <DataTable block={block} />;
    case "data_visualization":
      return <Chart block={block} />;
    case "markdown":
      return <Markdown text={textOf(block.text)} />;
    case "alert":
      return <Alert block={block} />;
    case "card":
      return <Card block={block} />;
    case "carousel":
      return <Carousel block={block} />;
    case "container":
      return <Container block={block} draw={(blocks) => <Blocks blocks={blocks} />} />;
    case "plan":
      return <Plan block={block} />;
    case "task_card":
      return <TaskCard block={block} />;
    default:
      return <CannotDraw what="block" why={`its type is ${block.type}`} />;
  }
}

const LONG_SECTION = 1200;

function Section({ block }: { block: Block }): ReactNode {
  const text = block.text as Text | undefined;
  return (
    <div className="section">
      <div className="section-words">
        {text && <Folding text={text} whole={(block as { expand?: boolean }).expand === true} />}
        {block.fields && (
          <div className="fields">
            {block.fields.map((field, index) => (
              <div className="field" key={index}>
                <Words text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="accessory">
          <Control block={block} element={block.accessory} />
        </div>
      )}
    </div>
  );
}

/** Slack folds a long section behind "Show more" unless it says `expand`. */
function Folding({ text, whole }: { text: Text; whole: boolean }): ReactNode {
  const [open, setOpen] = useState(false);
  if (whole || text.text.length < LONG_SECTION) return <Words text={text} />;
  return (
    <>
      <div className={open ? undefined : "folded"}>
        <Words text={text} />
      </div>
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "Show less" : "Show more"}
      </button>
    </>
  );
}

function Header({ block }: { block: Block }): ReactNode {
  const level = Number(block.level ?? 1);
  const above = useSurface().surface.kind === "home" ? 1 : 2;
  return (
    <div className={`header header-${level}`} role="heading" aria-level={level + above}>
      <Words text={block.text as Text} />
    </div>
  );
}

function Context({ block }: { block: Block }): ReactNode {
  const elements = (block.elements ?? []) as (Element & Text)[];
  return (
    <div className="context">
      {elements.map((one, index) =>
        one.type === ("image" as string) ? (
          <Picture key={index} picture={one} small />
        ) : (
          <div className="context-words" key={index}>
            <Words text={one} />
          </div>
        ),
      )}
    </div>
  );
}

function Actions({ block }: { block: Block }): ReactNode {
  return (
    <div className="actions">
      {((block.elements ?? []) as Element[]).map((element, index) => (
        <Guard key={`${index} ${element.type}`} what={element.type}>
          <Control block={block} element={element} />
        </Guard>
      ))}
    </div>
  );
}

function Alert({ block }: { block: Block }): ReactNode {
  return (
    <div className={`alert alert-${String(block.level ?? "default")}`}>
      <Words text={block.text as Text} />
    </div>
  );
}
