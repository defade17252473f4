// Light or dark: the system's theme until the switch is used, then what it was set to.
import { useEffect, useState, useSyncExternalStore } from "react";

export type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  system.addEventListener("change", listener);
  return () => system.removeEventListener("change", listener);
}

function kept(): Theme | null {
  const theme = localStorage.getItem("theme");
  return theme === "light" || theme === "dark" ? theme : null;
}

export function useTheme(): { theme: Theme; setTheme: (theme: Theme) => void } {
  const isDark = useSyncExternalStore(subscribe, () => system.matches);
  const [chosen, setChosen] = useState(kept);
  const theme = chosen ?? (isDark ? "dark" : "light");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return {
    theme,
    setTheme: (next) => {
      localStorage.setItem("theme", next);
      setChosen(next);
    },
  };
}
