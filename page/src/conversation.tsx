// The open channel or DM: its head, its log or Home, its composer, a thread beside it.
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Blocks } from "./blocks";
import { Composer } from "./composer";
import { live } from "./live";
import { Log } from "./log";
import { channelTitle, useWorld } from "./people";
import { SurfaceProvider } from "./surface";
import { Thread } from "./thread";
import type { Channel, Message } from "./types";

interface ConversationProps {
  channel: Channel;
  onMenu: () => void;
  onPanel: () => void;
}

const ABOUT: Record<Channel["kind"], string> = {
  channel: "",
  private: "Private channel",
  shared: "Shared with another company",
  dm: "App",
};

export function Conversation({ channel, onMenu, onPanel }: ConversationProps): ReactNode {
  const { state } = useWorld();
  const [tab, setTab] = useState<"messages" | "home">("messages");
  const [thread, setThread] = useState<string | null>(null);
  const messages = state.messages[channel.id] ?? [];
  const root = thread === null ? undefined : messages.find((one) => one.ts === thread);
  const hasHome = channel.kind === "dm" && state.home_enabled;
  const home = hasHome && tab === "home";
  return (
    <main className={root ? "main with-thread" : "main"}>
      <div className="conversation">
        <header className="head">
          <button type="button" className="icon narrow-only" aria-label="Channels" onClick={onMenu}>
            ☰
          </button>
          <h1 className="head-title">{channelTitle(channel)}</h1>
          <span className="head-about">
            {[ABOUT[channel.kind], channel.is_archived && "Archived"].filter(Boolean).join(" · ")}
          </span>
          <button type="button" className="button panel-only" onClick={onPanel}>
            Playground
          </button>
        </header>
        {hasHome && <Tabs tab={tab} onTab={setTab} />}
        {home ? (
          <Home channel={channel} />
        ) : (
          <>
            <Log channel={channel} messages={topLevel(messages)} onThread={setThread} />
            <Foot channel={channel} />
          </>
        )}
      </div>
      {root && <Thread channel={channel} root={root} messages={messages} onClose={() => setThread(null)} />}
    </main>
  );
}

const topLevel = (messages: Message[]): Message[] =>
  messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts);

function Foot({ channel }: { channel: Channel }): ReactNode {
  const title = channelTitle(channel);
  if (channel.is_archived) return <p className="foot-note">{title} is archived. Nobody can write here.</p>;
  if (!channel.is_member) return <p className="foot-note">You are not in {title}.</p>;
  return <Composer channel={channel} name={`Message ${title}`} thread={null} />;
}

function Tabs({ tab, onTab }: { tab: string; onTab: (tab: "messages" | "home") => void }): ReactNode {
  const tabs = useRef<HTMLDivElement>(null);
  const names = ["home", "messages"] as const;

  function onKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    onTab(tab === "home" ? "messages" : "home");
    requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  }

  return (
    <div className="tabs" role="tablist" aria-label="Lookout" ref={tabs} onKeyDown={onKey}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={tab === name}
          aria-controls={tab === name ? `pane-${name}` : undefined}
          tabIndex={tab === name ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {name === "home" ? "Home" : "Messages"}
        </button>
      ))}
    </div>
  );
}

const HOME = { kind: "home" } as const;

function Home({ channel }: { channel: Channel }): ReactNode {
  const { state } = useWorld();
  useEffect(() => {
    void live.act({ act: "home" }).then((done) => {
      if (!done.ok && done.error) live.tell(channel.id, done.error);
    });
  }, [channel.id]);
  const { home } = state;
  return (
    <div className="home" role="tabpanel" id="pane-home" aria-labelledby="tab-home" tabIndex={0}>
      {home ? (
        <SurfaceProvider surface={HOME} said={home.state} channel={channel.id}>
          <Blocks blocks={home.blocks} />
        </SurfaceProvider>
      ) : (
        <p className="quiet">Nothing here yet.</p>
      )}
    </div>
  );
}
