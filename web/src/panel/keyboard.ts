/** Keys for those who have a keyboard: `/` search, `j` `k` list, `x` choose, `f` filters, `t` time, `m` map, `?` help. */
import { all, isTyping, one } from "../dom";
import { island } from "../map/bridge";
import { openFilters } from "./filters";

/** Index of the row to go to from `current` (-1: none yet), within `count` rows; -1 when there are none. */
export function nextRow(current: number, step: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (current < 0) return step === 1 ? 0 : count - 1;
  return Math.min(Math.max(current + step, 0), count - 1);
}

const LINKS = "#panel .row a.row__title, #panel .row .row__title a";

/** Where somebody stood in the list before a search or a filter; there the focus returns. */
let left: HTMLElement | null = null;

/** The row in which the focus is, whichever part of it has it. */
function rowOf(element: Element | null): Element | null {
  return element?.closest("#panel .row") ?? null;
}

function moveInList(step: 1 | -1): void {
  const links = all<HTMLAnchorElement>(LINKS);
  const row = rowOf(document.activeElement) ?? (left?.isConnected ? rowOf(left) : null);
  const current = links.findIndex((link) => rowOf(link) === row && row !== null);
  links[nextRow(current, step, links.length)]?.focus();
}

/** Tick what the row can be chosen by; of several in an opened row, each. */
function chooseRow(): void {
  const boxes = all<HTMLInputElement>(
    "input[type=checkbox][name=chosen]",
    rowOf(document.activeElement) ?? document.createElement("div"),
  );
  const isOn = boxes.some((box) => !box.checked);
  for (const box of boxes) {
    box.checked = isOn;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function leave(): void {
  if (rowOf(document.activeElement)) left = document.activeElement as HTMLElement;
}

function focusSearch(): void {
  leave();
  const box =
    one<HTMLInputElement>("#panel [data-list-search]") ?? one<HTMLInputElement>("#search-box");
  box?.focus();
  box?.select();
}

/** Out of a search or a filter, back to the row from which one came, or to the first. */
function goBack(target: EventTarget | null): boolean {
  const form = target instanceof Element ? target.closest("#panel form[role=search]") : null;
  if (!form) return false;
  const open = one<HTMLDetailsElement>("details[open]", form);
  if (open) open.open = false;
  (left?.isConnected ? left : one<HTMLElement>(LINKS))?.focus();
  return true;
}

const KEYS: Readonly<Record<string, () => void>> = {
  "/": focusSearch,
  j: () => moveInList(1),
  k: () => moveInList(-1),
  x: chooseRow,
  f: () => {
    leave();
    openFilters();
  },
  t: () => {
    const board = one("[data-board-range]:not([hidden])");
    if (board) board.focus();
    else island()?.time.focus();
  },
  m: () => island()?.focus(),
  "?": () => one<HTMLDialogElement>("#shortcuts")?.showModal(),
};

export function startKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && goBack(event.target)) event.preventDefault();
    if (isTyping(event.target)) return;
    const action = KEYS[event.key];
    if (!action || one("dialog[open]")) return;
    event.preventDefault();
    action();
  });
}
