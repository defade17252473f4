// Pictures: the playground's own files and data: addresses are shown, other hosts are never asked.
import type { ReactNode } from "react";
import { Words } from "./drawn";
import { fileAddress } from "./live";
import type { Text } from "./types";

export interface PictureSource {
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
}

function address({ image_url, slack_file }: PictureSource): string | null {
  if (slack_file?.id) return fileAddress(slack_file.id);
  const url = image_url ?? slack_file?.url ?? "";
  return url.startsWith("data:image/") || url.startsWith("/") || url.startsWith(`${location.origin}/`) ? url : null;
}

export function Picture({ picture, title, small }: { picture: PictureSource; title?: Text; small?: boolean }): ReactNode {
  const from = address(picture);
  const alt = picture.alt_text ?? "";
  return (
    <figure className={small ? "picture small" : "picture"}>
      {title && (
        <figcaption>
          <Words text={title} />
        </figcaption>
      )}
      {from ? (
        <img src={from} alt={alt} />
      ) : (
        <span className="picture-away" role="img" aria-label={alt} title={picture.image_url}>
          {small ? "▦" : `▦ ${alt}`}
        </span>
      )}
    </figure>
  );
}
