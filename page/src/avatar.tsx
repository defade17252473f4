import type { ReactNode } from "react";

const HUES = [265, 160, 25, 205, 330, 95];

function hue(id: string): number {
  const sum = [...id].reduce((total, sign) => total + sign.charCodeAt(0), 0);
  return HUES[sum % HUES.length]!;
}

interface AvatarProps {
  id: string;
  name: string;
  kind: "app" | "slackbot" | "person";
  small?: boolean;
}

export function Avatar({ id, name, kind, small = false }: AvatarProps): ReactNode {
  const size = small ? "avatar small" : "avatar";
  if (kind === "app") return <span className={`${size} avatar-app`} aria-hidden="true" />;
  if (kind === "slackbot") return <span className={`${size} avatar-slackbot`} data-letter="♥" aria-hidden="true" />;
  const style = { backgroundColor: `hsl(${hue(id)} 42% 40%)` };
  return <span className={size} data-letter={name.slice(0, 1).toUpperCase()} aria-hidden="true" style={style} />;
}
