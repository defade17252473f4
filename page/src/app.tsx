// The whole page: a workspace as one person sees it, and the playground's panel beside it.
import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { Conversation } from "./conversation";
import { ConfirmProvider } from "./controls/confirm";
import { Dialogs } from "./dialogs";
import { live } from "./live";
import { Panel } from "./panel";
import { findChannel, findPerson, WorldContext, type World } from "./people";
import { Sidebar } from "./sidebar";
import { useTheme } from "./theme";
import type { Channel, State } from "./types";
import { useUnread } from "./unread";

export function App(): ReactNode {
  const { state, line } = useSyncExternalStore(live.subscribe, live.snapshot);
  const { theme, setTheme } = useTheme();
  const world = useMemo((): World | null => {
    const me = state && (findPerson(state, state.me) ?? state.users[0]);
    return state && me ? { state, me, theme } : null;
  }, [state, theme]);
  if (!world) return <Waiting line={line} />;
  return (
    <WorldContext value={world}>
      <ConfirmProvider>
        <Workspace world={world} setTheme={setTheme} lost={line === "lost"} key={world.me.id} />
        <Dialogs views={world.state.views} channel={null} />
      </ConfirmProvider>
    </WorldContext>
  );
}

function Waiting({ line }: { line: string }): ReactNode {
  return (
    <main className="waiting">
      <h1>Lookout playground</h1>
      {line === "lost" ? <Lost /> : <p>Connecting …</p>}
    </main>
  );
}

function Lost(): ReactNode {
  return (
    <div className="lost" role="alert">
      <span>The playground cannot be reached. If it was stopped, start it again and open the address it prints.</span>
      <button type="button" className="button" onClick={live.retry}>
        Try again
      </button>
    </div>
  );
}

function useOpenChannel(state: State): [Channel, (id: string) => void] {
  const [id, setId] = useState(() => sessionStorage.getItem("channel") ?? "");
  const open = findChannel(state, id) ?? state.channels[0];
  if (!open) throw new Error("a workspace without channels");
  return [
    open,
    (next) => {
      sessionStorage.setItem("channel", next);
      setId(next);
    },
  ];
}

interface WorkspaceProps {
  world: World;
  setTheme: (theme: "light" | "dark") => void;
  lost: boolean;
}

function Workspace({ world, setTheme, lost }: WorkspaceProps): ReactNode {
  const { state } = world;
  const [channel, open] = useOpenChannel(state);
  const [drawer, setDrawer] = useState<"sidebar" | "panel" | null>(null);
  const unread = useUnread(state, channel.id);
  useEffect(() => {
    if (!drawer) return;
    const escape = (event: KeyboardEvent) => event.key === "Escape" && setDrawer(null);
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, [drawer]);
  return (
    <div className={`page ${drawer ? `drawer-${drawer}` : ""}`}>
      <div className="frame">
        <Sidebar
          current={channel.id}
          unread={unread}
          onOpen={(id) => {
            open(id);
            setDrawer(null);
          }}
        />
        <Conversation
          key={channel.id}
          channel={channel}
          onMenu={() => setDrawer("sidebar")}
          onPanel={() => setDrawer("panel")}
        />
      </div>
      <Panel setTheme={setTheme} />
      {drawer && <button type="button" className="shade" aria-label="Close" onClick={() => setDrawer(null)} />}
      {lost && <Lost />}
    </div>
  );
}
