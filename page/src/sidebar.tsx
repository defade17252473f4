import type { ReactNode } from "react";
import { Avatar } from "./avatar";
import { useWorld } from "./people";
import type { Channel } from "./types";

interface SidebarProps {
  current: string;
  unread: Record<string, number>;
  onOpen: (id: string) => void;
}

const Lock = (): ReactNode => (
  <svg viewBox="0 0 16 16" width="13" height="13" fill="none" stroke="currentColor" strokeWidth="1.6">
    <rect x="2.5" y="7" width="11" height="7.5" rx="1.5" />
    <path d="M5 7V4.5a3 3 0 0 1 6 0V7" />
  </svg>
);
const SIGN: Record<Channel["kind"], ReactNode> = { channel: "#", private: <Lock />, shared: "◇", dm: "" };
const ABOUT: Record<Channel["kind"], string> = { channel: "", private: "private", shared: "shared", dm: "" };

export function Sidebar({ current, unread, onOpen }: SidebarProps): ReactNode {
  const { state, me } = useWorld();
  const lists = [
    { title: "Channels", channels: state.channels.filter((one) => one.kind !== "dm") },
    { title: "Apps", channels: state.channels.filter((one) => one.kind === "dm") },
  ];
  return (
    <nav className="sidebar" aria-label="Channels">
      <div className="team">{state.team.name}</div>
      {lists.map((list) => (
        <section key={list.title} aria-label={list.title}>
          <h2 className="sidebar-title">{list.title}</h2>
          <ul>
            {list.channels.map((channel) => (
              <li key={channel.id}>
                <Line channel={channel} open={channel.id === current} unread={unread[channel.id] ?? 0} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div className="self">
        <Avatar id={me.id} name={me.real_name || me.name} kind="person" small />
        <span>{me.real_name || me.name}</span>
        <span className="presence" aria-hidden="true" />
      </div>
    </nav>
  );
}

interface LineProps {
  channel: Channel;
  open: boolean;
  unread: number;
  onOpen: (id: string) => void;
}

function Line({ channel, open, unread, onOpen }: LineProps): ReactNode {
  const about = [ABOUT[channel.kind], channel.is_archived && "archived"].filter(Boolean).join(", ");
  const classes = ["line", open && "open", unread > 0 && "unread", !channel.is_member && "away"];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      aria-current={open ? "page" : undefined}
      onClick={() => onOpen(channel.id)}
    >
      {channel.kind === "dm" ? (
        <Avatar id={channel.id} name={channel.name} kind="app" small />
      ) : (
        <span className="sign" aria-hidden="true">
          {channel.is_archived ? "▣" : SIGN[channel.kind]}
        </span>
      )}
      <span className="line-name">{channel.name}</span>
      {about && <span className="unseen">, {about}</span>}
      {unread > 0 && (
        <span className="badge">
          {unread}
          <span className="unseen"> new</span>
        </span>
      )}
    </button>
  );
}
