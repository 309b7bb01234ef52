/**
 * What was typed into a table and not saved is kept until this window closes: whoever filters, turns the page or follows
 * a link finds it again. A cell that holds another text by then keeps that.
 */
import { all } from "../dom";

type Cell = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
/** Of each cell by its name what it held when it was typed into, and what was typed. */
type Kept = Record<string, [was: string, typed: string]>;

const CELLS = "[data-was]";

/** One store for each person and table. */
function storeOf(grid: HTMLElement): string {
  const account = document.documentElement.dataset.account ?? "";
  return `grid:${account}:${grid.getAttribute("action") ?? ""}`;
}

function read(grid: HTMLElement): Kept {
  try {
    return (JSON.parse(sessionStorage.getItem(storeOf(grid)) ?? "{}") as Kept | null) ?? {};
  } catch {
    return {};
  }
}

function write(grid: HTMLElement, kept: Kept): void {
  try {
    if (Object.keys(kept).length > 0) sessionStorage.setItem(storeOf(grid), JSON.stringify(kept));
    else sessionStorage.removeItem(storeOf(grid));
  } catch {
    // Storage may be closed to this site, or full.
  }
}

/** Keep the cells of this page that are changed; what other pages of the table keep stays. */
export function keep(grid: HTMLElement, changed: readonly Cell[]): void {
  if (grid.dataset.gridKeep === undefined) return;
  const kept = read(grid);
  for (const cell of all<Cell>(CELLS, grid)) delete kept[cell.name];
  for (const cell of changed) kept[cell.name] = [cell.dataset.was ?? "", cell.value];
  write(grid, kept);
}

/** The cells of this page for which something is kept, with it. */
export function keptCells(grid: HTMLElement): [Cell, string][] {
  if (grid.dataset.gridKeep === undefined) return [];
  const kept = read(grid);
  return all<Cell>(CELLS, grid).flatMap((cell): [Cell, string][] => {
    const [was, typed] = kept[cell.name] ?? [];
    return typed !== undefined && was === cell.dataset.was ? [[cell, typed]] : [];
  });
}

/** Forget what this page keeps: it is being saved. */
export function forget(grid: HTMLElement): void {
  keep(grid, []);
}
