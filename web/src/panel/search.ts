/** The search box: results below it as one types, arrows to walk through them, Escape to leave. */
import { all, one } from "../dom";
import { onPage } from "./navigation";

const KEPT = 6;
const KEY = "searches";

/** What was searched for last on this device, the newest first; nothing where the browser keeps nothing. */
function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter((word) => typeof word === "string").slice(0, KEPT)
      : [];
  } catch {
    return [];
  }
}

function remember(words: string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(words.slice(0, KEPT)));
  } catch {
    // Private windows keep nothing; the search works all the same.
  }
}

function showRecent(results: HTMLElement, list: HTMLTemplateElement, address: string): void {
  const shown = list.content.cloneNode(true) as DocumentFragment;
  const rows = shown.querySelector("ul");
  const words = recent();
  for (const word of words) {
    const link = Object.assign(document.createElement("a"), { className: "row__title" });
    link.textContent = word;
    link.href = `${address}?q=${encodeURIComponent(word)}`;
    const row = Object.assign(document.createElement("li"), { className: "row" });
    row.append(link);
    rows?.append(row);
  }
  shown.querySelector("button")?.addEventListener("click", () => {
    remember([]);
    results.replaceChildren();
    results.hidden = true;
  });
  results.replaceChildren(...(words.length > 0 ? [shown] : []));
}

export function startSearch(): void {
  const box = one<HTMLInputElement>("#search-box");
  const results = one("#search-results");
  const list = one<HTMLTemplateElement>("#search-recent");
  if (!box || !results) return;
  const close = (): void => {
    results.hidden = true;
    box.setAttribute("aria-expanded", "false");
  };
  const open = (): void => {
    if (box.value.trim() === "" && list) showRecent(results, list, box.form?.action ?? "");
    results.hidden = results.childElementCount === 0;
    box.setAttribute("aria-expanded", String(!results.hidden));
  };
  results.addEventListener("htmx:afterSwap", open);
  box.addEventListener("focus", open);
  box.addEventListener("input", () => {
    if (box.value.trim() === "") open();
  });
  box.form?.addEventListener("submit", () => {
    const typed = box.value.trim();
    if (typed) remember([typed, ...recent().filter((word) => word !== typed)]);
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
