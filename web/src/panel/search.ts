/** The search box: results below it as one types, arrows to walk through them, Escape to leave. */
import { all, one } from "../dom";
import { onPage } from "./navigation";

export function startSearch(): void {
  const box = one<HTMLInputElement>("#search-box");
  const results = one("#search-results");
  if (!box || !results) return;
  const close = (): void => {
    results.hidden = true;
    box.setAttribute("aria-expanded", "false");
  };
  const open = (): void => {
    results.hidden = box.value.trim() === "" || results.childElementCount === 0;
    box.setAttribute("aria-expanded", String(!results.hidden));
  };
  results.addEventListener("htmx:afterSwap", open);
  box.addEventListener("focus", open);
  box.addEventListener("input", () => {
    if (box.value.trim() === "") close();
  });
  onPage(close);
  document.addEventListener("pointerdown", (event) => {
    if (!(event.target as Element).closest(".search")) close();
  });
  box.closest(".search")?.addEventListener("keydown", (event) => {
    const { key } = event as KeyboardEvent;
    if (key === "Escape") {
      close();
      box.focus();
    }
    if (key !== "ArrowDown" && key !== "ArrowUp") return;
    const stops: HTMLElement[] = [box, ...all(".row__title", results)];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next =
      stops[Math.min(Math.max(at + (key === "ArrowDown" ? 1 : -1), 0), stops.length - 1)];
    event.preventDefault();
    next?.focus();
  });
}
