/** Light or dark: the system's choice until the reader makes her own. */
import { one } from "../dom";
import { island } from "../map/bridge";
import { currentTheme } from "../tokens";

/** Larger type for whoever reads better so; the choice is this browser's. */
function switchType(): void {
  const root = document.documentElement;
  const isLarge = root.dataset.type !== "large";
  if (isLarge) root.dataset.type = "large";
  else delete root.dataset.type;
  try {
    localStorage.setItem("type", isLarge ? "large" : "");
  } catch {
    // Without storage the choice holds for this page.
  }
  dressType();
}

/** The button says whether larger type is on. */
export function dressType(): void {
  const isLarge = document.documentElement.dataset.type === "large";
  one("[data-action='large-type']")?.setAttribute("aria-pressed", String(isLarge));
}

export function startTheme(): void {
  const changed = (): void => {
    void island()?.setTheme();
    document.dispatchEvent(new CustomEvent("theme:changed"));
  };
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-action='large-type']")) switchType();
    if (!target?.closest("[data-action='theme']")) return;
    const theme = currentTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice holds for this page.
    }
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
