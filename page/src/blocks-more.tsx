// Newer blocks: cards, containers, plans, tables of several pages.
import { useState, type ReactNode } from "react";
import { Control } from "./controls/control";
import { Literal, Rich, Table, Words } from "./drawn";
import { Picture } from "./picture";
import type { Block, RichElement, Text } from "./types";

export function Card({ block }: { block: Block }): ReactNode {
  return (
    <div className="card">
      {block.hero_image && <Picture picture={block.hero_image} />}
      <div className="card-body">
        {block.icon && <Picture picture={block.icon} small />}
        <div>
          {block.title && (
            <div className="card-title">
              <Words text={block.title as Text} />
            </div>
          )}
          {block.subtitle && (
            <div className="quiet">
              <Words text={block.subtitle} />
            </div>
          )}
          {block.body && <Words text={block.body} />}
          {block.subtext && (
            <div className="quiet">
              <Words text={block.subtext} />
            </div>
          )}
        </div>
      </div>
      {block.actions && block.actions.length > 0 && (
        <div className="actions">
          {block.actions.map((element, index) => (
            <Control key={index} block={block} element={element} />
          ))}
        </div>
      )}
    </div>
  );
}

export function Carousel({ block }: { block: Block }): ReactNode {
  return (
    <div className="carousel" role="group" aria-label="Cards" tabIndex={0}>
      {((block.elements ?? []) as Block[]).map((card, index) => (
        <Card key={index} block={card} />
      ))}
    </div>
  );
}

export function Container({ block, draw }: { block: Block; draw: (blocks: Block[]) => ReactNode }): ReactNode {
  const title = block.rich_text_title ? (
    <Rich elements={block.rich_text_title.elements as RichElement[]} />
  ) : (
    <Words text={block.title as Text} />
  );
  const inside = (
    <div className="container-body">
      {block.subtitle && (
        <div className="quiet">
          <Words text={block.subtitle} />
        </div>
      )}
      {draw(block.child_blocks ?? [])}
    </div>
  );
  if (!block.is_collapsible) {
    return (
      <div className="container">
        <div className="container-title">{title}</div>
        {inside}
      </div>
    );
  }
  return (
    <details className="container" open={!block.default_collapsed}>
      <summary className="container-title">{title}</summary>
      {inside}
    </details>
  );
}

const STATUS: Record<string, string> = { pending: "○", in_progress: "◐", complete: "✓", error: "✕" };

export function TaskCard({ block }: { block: Block }): ReactNode {
  return (
    <div className={`task task-${block.status}`}>
      <span className="task-mark" aria-hidden="true">
        {STATUS[block.status ?? ""] ?? "○"}
      </span>
      <div>
        <span className="unseen">{(block.status ?? "").replace("_", " ")}: </span>
        <Literal text={String(block.title)} />
        {[block.details, block.output].map(
          (part, index) => part && <Rich key={index} elements={part.elements as RichElement[]} />,
        )}
        {block.sources?.map((source) => (
          <a key={source.url} href={source.url} target="_blank" rel="noreferrer noopener">
            {source.text}
          </a>
        ))}
      </div>
    </div>
  );
}

export function Plan({ block }: { block: Block }): ReactNode {
  return (
    <div className="container">
      <div className="container-title">
        <Literal text={String(block.title)} />
      </div>
      <div className="container-body">
        {(block.tasks ?? []).map((task, index) => (
          <TaskCard key={index} block={task} />
        ))}
      </div>
    </div>
  );
}

export function DataTable({ block }: { block: Block }): ReactNode {
  const [page, setPage] = useState(0);
  const [head, ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const shown = rows.slice(page * size, (page + 1) * size);
  return (
    <div className="data-table">
      <div className="quiet">{block.caption}</div>
      <Table block={{ ...block, rows: head ? [head, ...shown] : [] }} name={block.caption} />
      {pages > 1 && (
        <div className="pager">
          <button type="button" className="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous rows
          </button>
          <span className="quiet">
            {page + 1} of {pages}
          </span>
          <button type="button" className="button" disabled={page + 1 === pages} onClick={() => setPage(page + 1)}>
            Next rows
          </button>
        </div>
      )}
    </div>
  );
}
