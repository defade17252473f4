import type { ReactNode } from "react";
import { withEmoji } from "../emoji";
import { decode } from "../mrkdwn";
import { usePress, useSurface, useValue } from "../surface";
import type { Element, Text } from "../types";
import type { ControlProps } from "./control";

/** The words of a plain_text; never formatted. */
export const plainWords = (text: Text | undefined): string =>
  text ? (text.emoji === false ? decode(text.text) : withEmoji(decode(text.text))) : "";

export function Button({ block, element }: ControlProps): ReactNode {
  const { busy, press } = usePress(block, element);
  const words = plainWords(element.text);
  const shared = {
    className: `button ${element.style ?? ""}`,
    "aria-description": element.accessibility_label,
    "aria-busy": busy || undefined,
    onClick: () => void press(),
  };
  const link = element.url && /^https?:/.test(element.url) ? element.url : null;
  if (!link) {
    return (
      <button type="button" {...shared}>
        <span>{words}</span>
      </button>
    );
  }
  return (
    <button
      type="button"
      {...shared}
      onClick={() => {
        window.open(link, "_blank", "noopener,noreferrer");
        void press();
      }}
    >
      <span>{words}</span>
      <span className="away" aria-hidden="true">
        ↗
      </span>
    </button>
  );
}

export function Feedback({ block, element }: ControlProps): ReactNode {
  const holding = useValue(block, element);
  const { trouble } = useSurface();
  const one = (button: Element["positive_button"], sign: string): ReactNode =>
    button && (
      <button
        type="button"
        className="button"
        aria-label={plainWords(button.text)}
        aria-description={button.accessibility_label}
        onClick={() => void holding.choose(button.value).catch((error: unknown) => trouble(String(error)))}
      >
        {sign}
      </button>
    );
  return (
    <>
      {one(element.positive_button, "👍")}
      {one(element.negative_button, "👎")}
    </>
  );
}
