// The panel outside the Slack frame: who one is, the theme, and what may be made to happen.
import { useEffect, useState, type ReactNode } from "react";
import { Menu } from "./controls/menu";
import { live } from "./live";
import { clock, useWorld } from "./people";
import type { PanelButton, Person } from "./types";

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
      <Clock />
      <World />
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

/** The simulated time where this person is. */
function Clock(): ReactNode {
  const { me } = useWorld();
  const [now, setNow] = useState(live.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(live.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="panel-clock">
      <span className="panel-label">Simulated time</span>
      <span className="panel-time">{clock(now, me.tz)}</span>
    </div>
  );
}

const HEALTH: Record<string, string> = { ok: "well", slow: "slow", down: "down", failing: "failing" };

function World(): ReactNode {
  const { panel } = useWorld().state;
  return (
    <div className="panel-world">
      <dl className="health">
        <Health name="Account" state={panel.account} />
        <Health name="Slack" state={panel.slack} />
      </dl>
      <div className="panel-buttons">
        {panel.buttons.map((button) => (
          <Push key={`${button.do} ${button.minutes ?? ""}`} button={button} />
        ))}
      </div>
    </div>
  );
}

function Health({ name, state }: { name: string; state: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={`health-${state}`}>{HEALTH[state] ?? state}</dd>
    </div>
  );
}

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
        className="button"
        aria-pressed={button.on}
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
