/** Keys for those who have a keyboard: `/` search, `j` `k` list, `f` filters, `t` time, `m` map, `?` help. */
import { all, isTyping, one } from "../dom";
import { island } from "../map/bridge";
import { openFilters } from "./filters";

/** Index of the row to go to from `current` (-1: none yet), within `count` rows; -1 when there are none. */
export function nextRow(current: number, step: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (current < 0) return step === 1 ? 0 : count - 1;
  return Math.min(Math.max(current + step, 0), count - 1);
}

function moveInList(step: 1 | -1): void {
  const links = all<HTMLAnchorElement>("#panel .row a.row__title, #panel .row .row__title a");
  const current = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[nextRow(current, step, links.length)]?.focus();
}

function focusSearch(): void {
  const box = one<HTMLInputElement>("#search-box");
  box?.focus();
  box?.select();
}

const KEYS: Readonly<Record<string, () => void>> = {
  "/": focusSearch,
  j: () => moveInList(1),
  k: () => moveInList(-1),
  f: openFilters,
  t: () => island()?.time.focus(),
  m: () => island()?.focus(),
  "?": () => one<HTMLDialogElement>("#shortcuts")?.showModal(),
};

export function startKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = KEYS[event.key];
    if (!action || one("dialog[open]")) return;
    event.preventDefault();
    action();
  });
}
