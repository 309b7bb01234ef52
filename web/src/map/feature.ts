/** What each kind of thing on the map says about itself; the map asks, it knows no kind by name. */
import type { FilterSpecification } from "maplibre-gl";
import type { TileFilters } from "./filters";

export type Properties = Readonly<Record<string, unknown>>;

export interface MapFeature {
  /** Tileset, style source and source layer: one name for the three. */
  source: string;
  /** The thing that it is a part of; parts are no company for a thing that would else be drawn larger. */
  partOf?: string;
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
  /** Pages whose filters narrow it on the map too, where these are more than its list. */
  filteredOn?: RegExp;
  /** Tilesets that tell the same things otherwise (as clusters): shown, narrowed and asked anew together. */
  companions?: readonly string[];
  /** For things that the server narrows: from the address to CQL2, with what only the API can tell. */
  tileWish?: (query: URLSearchParams) => { cql: string | undefined; needsApi: boolean };
  /** For things narrowed on the screen alone: the same filter for those who print. */
  printFilter?: (query: URLSearchParams) => string | undefined;
  /** Where its tiles can show a past month. */
  hasPast?: boolean;
  /** Filters that a tile can answer by itself. */
  tileFilters?: TileFilters;
  /** For lists whose filters are not known beforehand: the whole filter from the address. */
  listFilter?: (query: URLSearchParams) => FilterSpecification | undefined;
  /** Filters that need the API. */
  serverFilters?: readonly string[];
}

export const text = (value: unknown): string =>
  value === undefined || value === null ? "" : String(value);

/** Every source that a kind is drawn from. */
export function sourcesOf({ source, companions = [] }: MapFeature): string[] {
  return [source, ...companions];
}

/** Pages about the district as a whole: everything is on the map there. */
export function isOverview(path: string): boolean {
  return /^\/(map|search|numbers)?(\/|$)/.test(path);
}

/** Pages about what was found and what became of it. */
export function isCasework(path: string): boolean {
  return /^\/(work|report|findings|matters|my|suggestions|papers|patrols)(\/|$)/.test(path);
}
