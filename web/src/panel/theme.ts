/** Light or dark: the system's choice until the reader makes her own. */
import { one } from "../dom";
import { island } from "../map/bridge";
import { currentTheme } from "../tokens";

export function startTheme(): void {
  const changed = (): void => {
    void island()?.setTheme();
    document.dispatchEvent(new CustomEvent("theme:changed"));
  };
  one("[data-action='theme']")?.addEventListener("click", () => {
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
