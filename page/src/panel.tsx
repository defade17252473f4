// The panel outside the Slack frame: who one is, the theme, and what may be made to happen.
import { useEffect, useState, type ReactNode } from "react";
import { Menu } from "./controls/menu";
import { live } from "./live";
import { clock, useWorld } from "./people";
import type { PanelButton, PanelNote, Person } from "./types";

function about(person: Person): string {
  if (person.guest) return " (guest)";
  return person.outsider ? " (of another company)" : "";
}

export function Panel({ setTheme }: { setTheme: (theme: "light" | "dark") => void }): ReactNode {
  const { state, me, theme } = useWorld();
  const people = state.users.filter((one) => !one.bot);
  const choices = people.map((one) => ({
    value: one.id,
    label: `${one.real_name || one.name}${about(one)}`,
    description: `${one.tz} · ${one.locale}`,
  }));
  return (
    <aside className="panel" aria-label="Playground">
      <h2 className="panel-title">Playground</h2>
      <div className="panel-field">
        <span className="panel-label">You are</span>
        <Menu
          label="You are"
          groups={[{ choices }]}
          chosen={[me.id]}
          placeholder="Nobody"
          onPick={(choice) => live.become(choice.value)}
        />
        <span className="panel-note">
          {me.tz} · {me.locale}
        </span>
      </div>
      <Groups />
      <button
        type="button"
        role="switch"
        className="switch"
        aria-checked={theme === "dark"}
        onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
      >
        <span>Dark mode</span>
        <span className="switch-track" aria-hidden="true" />
      </button>
    </aside>
  );
}

/** What may be done and what may hold, under the headings that the stage gives them. */
function Groups(): ReactNode {
  const { panel } = useWorld().state;
  const names = [...new Set(panel.buttons.map((one) => one.group))];
  const beside: Record<string, ReactNode> = {
    Account: <Health state={panel.account} />,
    Slack: <Health state={panel.slack} />,
    Clock: <Clock />,
  };
  return names.map((name) => (
    <section className="panel-group" key={name} aria-label={name || undefined}>
      {name && (
        <div className="panel-head">
          <h3 className="panel-label">{name}</h3>
          {beside[name]}
        </div>
      )}
      <div className="panel-buttons">
        {panel.buttons
          .filter((one) => one.group === name)
          .map((button) => (
            <Push key={`${button.do} ${button.minutes ?? ""}`} button={button} />
          ))}
      </div>
      <Notes notes={panel.notes.filter((one) => one.group === name)} />
    </section>
  ));
}

function Notes({ notes }: { notes: PanelNote[] }): ReactNode {
  const { me } = useWorld();
  return (
    <div className="panel-notes" role="status">
      {notes.map((note, index) => (
        <p className="panel-note" key={`${note.at} ${index}`}>
          <span className="panel-at">{clock(note.at, me.tz, true)}</span> {note.text}
        </p>
      ))}
    </div>
  );
}

/** The simulated time where this person is. */
function Clock(): ReactNode {
  const { me } = useWorld();
  const [now, setNow] = useState(live.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(live.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="panel-time">
      <span className="unseen">Simulated time: </span>
      {clock(now, me.tz)}
    </span>
  );
}

const HEALTH: Record<string, string> = { ok: "well", slow: "slow", down: "down", failing: "failing" };

const Health = ({ state }: { state: string }): ReactNode => (
  <span className={`health health-${state}`}>{HEALTH[state] ?? state}</span>
);

function Push({ button }: { button: PanelButton }): ReactNode {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  async function push(): Promise<void> {
    setBusy(true);
    const done = await live.act({ act: "panel", do: button.do, minutes: button.minutes });
    setBusy(false);
    setSaid(done.ok ? "" : (done.error ?? "That did not work."));
  }
  return (
    <>
      <button
        type="button"
        className={button.on === null ? "button" : "button state"}
        aria-pressed={button.on ?? undefined}
        aria-busy={busy || undefined}
        onClick={() => void push()}
      >
        {button.label}
      </button>
      {said && (
        <div className="error" role="alert">
          {said}
        </div>
      )}
    </>
  );
}
