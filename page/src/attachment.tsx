// A legacy attachment: a colour bar beside texts or blocks. Its colour never says anything alone.
import type { ReactNode } from "react";
import { Blocks } from "./blocks";
import { Words } from "./drawn";
import type { Attachment } from "./types";

const COLOURS: Record<string, string> = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function barColour(color: string | undefined): string {
  if (!color) return "var(--line-strong)";
  return COLOURS[color] ?? (/^#?[0-9a-f]{3,8}$/i.test(color) ? `#${color.replace("#", "")}` : "var(--line-strong)");
}

export function AttachmentView({ attachment }: { attachment: Attachment }): ReactNode {
  const words = (text: string | undefined, className?: string): ReactNode =>
    text && (
      <div className={className}>
        <Words text={{ type: "mrkdwn", text }} />
      </div>
    );
  const { title, title_link: link } = attachment;
  return (
    <>
      {words(attachment.pretext)}
      <div className="attachment">
        <span className="bar" style={{ backgroundColor: barColour(attachment.color) }} aria-hidden="true" />
        <div>
          {words(attachment.author_name, "quiet")}
          {words(title && link ? `<${link}|${title}>` : title, "card-title")}
          {attachment.blocks?.length ? <Blocks blocks={attachment.blocks} /> : words(attachment.text ?? attachment.fallback)}
          {attachment.fields && (
            <div className="fields">
              {attachment.fields.map((field, index) => (
                <div className="field" key={index}>
                  {words(field.title, "card-title")}
                  {words(field.value)}
                </div>
              ))}
            </div>
          )}
          {words(attachment.footer, "quiet")}
        </div>
      </div>
    </>
  );
}
