/** A table of inputs that works like a spreadsheet: arrows, Enter and Tab move, Esc restores, Ctrl+D fills, cells can be pasted. */
import { all, one } from "../dom";
import { say } from "../words";

type Cell = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const CELLS = "[data-was]";
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

/** The cells of a pasted block: rows by line, columns by tab; the empty last line of a copy is dropped. */
export function parseBlock(text: string): string[][] {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t"));
}

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
  const changed = all<Cell>(CELLS, grid).filter(isDirty);
  const rows = new Set(changed.map((found) => found.closest("tr")));
  const count = one("[data-grid-count]", grid);
  if (!count) return;
  const numbers = { cells: String(changed.length), rows: String(rows.size) };
  count.textContent = changed.length ? say("grid.changed", numbers) : "";
}

/** Ctrl+D takes over the cell above; with Shift this cell goes down to the last row that is shown. */
function fillDown(grid: HTMLElement, cell: Cell, toTheEnd: boolean): void {
  if (!toTheEnd) {
    const above = neighbour(grid, cell, -1, 0);
    if (!above) return;
    put(cell, shown(above));
    mark(grid, cell);
    return;
  }
  const below = rowsOf(grid).length;
  for (let down = 1; down < below; down += 1) {
    const target = neighbour(grid, cell, down, 0);
    if (!target) continue;
    put(target, shown(cell));
    mark(grid, target);
  }
}

/** What a cell says: of a choice its label, since each row has choices of its own. */
function shown(cell: Cell): string {
  return cell instanceof HTMLSelectElement ? (cell.selectedOptions[0]?.label ?? "") : cell.value;
}

function onKey(grid: HTMLElement, cell: Cell, event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "d") {
    event.preventDefault();
    fillDown(grid, cell, event.shiftKey);
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

function put(cell: Cell, text: string): void {
  if (cell instanceof HTMLSelectElement) {
    const option = [...cell.options].find(({ label, value }) => [label, value].includes(text));
    if (option) cell.value = option.value;
  } else {
    cell.value = text;
  }
}

function onPaste(grid: HTMLElement, cell: Cell, event: ClipboardEvent): void {
  const block = parseBlock(event.clipboardData?.getData("text/plain") ?? "");
  if (block.length < 2 && (block[0]?.length ?? 0) < 2) return;
  event.preventDefault();
  block.forEach((line, down) => {
    line.forEach((text, right) => {
      const target = down || right ? neighbour(grid, cell, down, right) : cell;
      if (!target) return;
      put(target, text.trim());
      mark(grid, target);
    });
  });
}

function dress(grid: HTMLElement): void {
  for (const cell of all<Cell>(CELLS, grid)) {
    cell.addEventListener("keydown", (event) => onKey(grid, cell, event as KeyboardEvent));
    cell.addEventListener("paste", (event) => onPaste(grid, cell, event as ClipboardEvent));
    cell.addEventListener("input", () => mark(grid, cell));
  }
  const first = one<Cell>(CELLS, grid);
  if (first) mark(grid, first);
}

export function dressGrids(): void {
  for (const grid of all("form[data-grid]:not([data-dressed])")) {
    grid.dataset.dressed = "";
    dress(grid);
  }
}
