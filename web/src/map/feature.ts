/** What each kind of thing on the map says about itself; the map asks, it knows no kind by name. */
import type { FilterSpecification } from "maplibre-gl";
import type { TileFilters } from "./filters";

export type Properties = Readonly<Record<string, unknown>>;

export interface MapFeature {
  /** Tileset, style source and source layer: one name for the three. */
  source: string;
  /** Where the API lists it; its count is the "of how many". */
  api?: string;
  /** The page that a click opens. */
  page?: (properties: Properties) => string | undefined;
  /** Second line of the tooltip. */
  hint?: (properties: Properties) => string;
  /** List pages on which this is the thing that is listed. */
  listPath?: RegExp;
  /** Pages on which it is shown unless the reader decides otherwise. */
  shownOn: (path: string) => boolean;
  /** Filters that a tile can answer by itself. */
  tileFilters?: TileFilters;
  /** For lists whose filters are not known beforehand: the whole filter from the address. */
  listFilter?: (query: URLSearchParams) => FilterSpecification | undefined;
  /** Filters that need the API. */
  serverFilters?: readonly string[];
}

export const text = (value: unknown): string =>
  value === undefined || value === null ? "" : String(value);

/** The page under `base` for a feature's code. */
export function codePage(base: string): (properties: Properties) => string | undefined {
  return ({ code }) => (text(code) ? `${base}${encodeURIComponent(text(code))}/` : undefined);
}

/** Pages about the district as a whole: everything is on the map there. */
export function isOverview(path: string): boolean {
  return /^\/(map|search|numbers)?(\/|$)/.test(path);
}

/** Pages about what was found and what became of it. */
export function isCasework(path: string): boolean {
  return /^\/(work|report|findings|suggestions)(\/|$)/.test(path);
}
