/**
 * A table of inputs that works like a spreadsheet: arrows, Enter and Tab move, Esc restores, Ctrl+D fills, blocks can be
 * pasted, Ctrl+Z takes the last fill or paste back, Ctrl+S saves.
 */
import { all, one } from "../dom";
import { say } from "../words";
import { parseBlock } from "./grid-block";
import { forget, keep, keptCells } from "./grid-kept";

type Cell = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Put {
  cell: Cell;
  before: string;
  after: string;
}

/** What the last fill or paste of a table put where. */
const lastPuts = new WeakMap<HTMLElement, Put[]>();

const CELLS = "[data-was]";
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

function was(cell: Cell): string {
  return cell.dataset.was ?? "";
}

function isDirty(cell: Cell): boolean {
  return cell.value.trim() !== was(cell).trim();
}

function rowsOf(grid: HTMLElement): HTMLTableRowElement[] {
  return all<HTMLTableRowElement>("tbody tr", grid);
}

/** The cell beside or above `cell`; undefined at the edge or where a cell is closed. */
function neighbour(grid: HTMLElement, cell: Cell, down: number, right: number): Cell | undefined {
  const place = cell.closest("td");
  const row = cell.closest("tr");
  if (!place || !row) return undefined;
  const rows = rowsOf(grid);
  const target = rows[rows.indexOf(row) + down]?.cells[place.cellIndex + right];
  return target ? (one<Cell>(CELLS, target) ?? undefined) : undefined;
}

function enter(cell: Cell | undefined): boolean {
  if (!cell) return false;
  cell.focus();
  if (!(cell instanceof HTMLSelectElement)) cell.select();
  return true;
}

/** Whether the caret stands where an arrow to that side would leave the text. */
function atEdge(cell: Cell, forwards: boolean): boolean {
  if (cell instanceof HTMLSelectElement) return true;
  const { selectionStart, selectionEnd, value } = cell;
  if (selectionStart === 0 && selectionEnd === value.length) return true;
  return selectionStart === selectionEnd && selectionStart === (forwards ? value.length : 0);
}

function mark(grid: HTMLElement, cell: Cell): void {
  cell.closest("td")?.classList.toggle("is-dirty", isDirty(cell));
  count(grid);
}

/** Say how many cells are changed, and what else there is to say. */
function count(grid: HTMLElement, more = ""): void {
  const changed = all<Cell>(CELLS, grid).filter(isDirty);
  keep(grid, changed);
  const rows = new Set(changed.map((found) => found.closest("tr")));
  const place = one("[data-grid-count]", grid);
  if (!place) return;
  const numbers = { cells: String(changed.length), rows: String(rows.size) };
  place.textContent = `${changed.length ? say("grid.changed", numbers) : ""} ${more}`.trim();
}

/** Put texts into cells as one act, which can be taken back; return the texts that their cells do not take. */
function putAll(grid: HTMLElement, texts: [Cell, string][]): string[] {
  const puts: Put[] = [];
  const refused: string[] = [];
  for (const [cell, text] of texts) {
    const before = cell.value;
    if (!put(cell, text)) refused.push(text);
    if (cell.value !== before) puts.push({ cell, before, after: cell.value });
    cell.closest("td")?.classList.toggle("is-dirty", isDirty(cell));
  }
  lastPuts.set(grid, puts);
  return refused;
}

/** Take the last fill or paste back; false where there is none, or somebody typed over it since. */
function takeBack(grid: HTMLElement): boolean {
  const puts = lastPuts.get(grid) ?? [];
  if (puts.length === 0 || puts.some(({ cell, after }) => cell.value !== after)) return false;
  for (const { cell, before } of puts) {
    cell.value = before;
    cell.closest("td")?.classList.toggle("is-dirty", isDirty(cell));
  }
  lastPuts.delete(grid);
  count(grid);
  return true;
}

/** Ctrl+D takes over the cell above; with Shift this cell goes down to the last row that is shown. */
function fillDown(grid: HTMLElement, cell: Cell, toTheEnd: boolean): void {
  const above = neighbour(grid, cell, -1, 0);
  const from = toTheEnd ? cell : above;
  if (!from) return;
  const below = rowsOf(grid).map((_row, down) =>
    down ? neighbour(grid, cell, down, 0) : undefined,
  );
  const targets = toTheEnd ? below.filter((found) => found !== undefined) : [cell];
  const refused = putAll(
    grid,
    targets.map((target) => [target, shown(from)]),
  );
  count(grid, leftOut(refused));
}

/** What a fill or paste could not put anywhere, in words. */
function leftOut(texts: string[]): string {
  const example = texts.find(Boolean);
  if (example === undefined) return "";
  return say("grid.leftOut", { cells: String(texts.length), example: example.slice(0, 20) });
}

/** What a cell says: of a choice its label, since each row has choices of its own. */
function shown(cell: Cell): string {
  return cell instanceof HTMLSelectElement ? (cell.selectedOptions[0]?.text ?? "") : cell.value;
}

function onKey(grid: HTMLElement, cell: Cell, event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (onCommand(grid, cell, event)) event.preventDefault();
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && isDirty(cell)) {
    cell.value = was(cell);
    mark(grid, cell);
  } else if (event.key === "Enter") {
    enter(neighbour(grid, cell, event.shiftKey ? -1 : 1, 0));
  } else if (!followArrow(grid, cell, event.key)) return;
  event.preventDefault();
}

/** Ctrl+D fills, Ctrl+Z takes back, Ctrl+S saves; false where the key is the browser's. */
function onCommand(grid: HTMLElement, cell: Cell, event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === "d") fillDown(grid, cell, event.shiftKey);
  else if (key === "s" && !event.shiftKey) one("button[name=save]", grid)?.click();
  else return key === "z" && !event.shiftKey && takeBack(grid);
  return true;
}

/** Move by an arrow; false where the arrow belongs to the text or to the list of choices. */
function followArrow(grid: HTMLElement, cell: Cell, key: string): boolean {
  const step = ARROWS[key];
  if (!step) return false;
  const [down, right] = step;
  if (down && cell instanceof HTMLSelectElement) return false;
  if (down ? !leavesLines(cell, down > 0) : !atEdge(cell, right > 0)) return false;
  return enter(neighbour(grid, cell, down, right));
}

/** Within a text of several lines the arrows up and down first move in it. */
function leavesLines(cell: Cell, down: boolean): boolean {
  if (!(cell instanceof HTMLTextAreaElement)) return true;
  const rest = down
    ? cell.value.slice(cell.selectionEnd)
    : cell.value.slice(0, cell.selectionStart);
  return !rest.includes("\n") || atEdge(cell, down);
}

/** Set a cell; false where it is a choice without that text. */
function put(cell: Cell, text: string): boolean {
  if (!(cell instanceof HTMLSelectElement)) {
    cell.value = text;
    return true;
  }
  const option = [...cell.options].find((found) => [found.text, found.value].includes(text));
  if (option) cell.value = option.value;
  return option !== undefined;
}

function onPaste(grid: HTMLElement, cell: Cell, event: ClipboardEvent): void {
  const block = parseBlock(event.clipboardData?.getData("text/plain") ?? "");
  const isBlock = block.length > 1 || (block[0]?.length ?? 0) > 1;
  if (!isBlock && !(cell instanceof HTMLSelectElement)) return;
  event.preventDefault();
  const texts: [Cell, string][] = [];
  const outside: string[] = [];
  block.forEach((line, down) => {
    line.forEach((text, right) => {
      const target = down || right ? neighbour(grid, cell, down, right) : cell;
      if (target) texts.push([target, text.trim()]);
      else outside.push(text.trim());
    });
  });
  const refused = putAll(grid, texts);
  count(grid, leftOut([...refused, ...outside.filter(Boolean)]));
}

function dress(grid: HTMLElement): void {
  for (const cell of all<Cell>(CELLS, grid)) {
    cell.addEventListener("keydown", (event) => onKey(grid, cell, event as KeyboardEvent));
    cell.addEventListener("paste", (event) => onPaste(grid, cell, event as ClipboardEvent));
    cell.addEventListener("input", () => mark(grid, cell));
  }
  grid.addEventListener("submit", () => forget(grid));
  const kept = keptCells(grid);
  if (kept.length > 0) putAll(grid, kept);
  count(grid, kept.length > 0 ? say("grid.kept") : "");
}

export function dressGrids(): void {
  for (const grid of all("form[data-grid]:not([data-dressed])")) {
    grid.dataset.dressed = "";
    dress(grid);
  }
}
