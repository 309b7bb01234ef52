/** The platform's own things on the map, bottom first: what the server says of its layers (`manage.py web_tilesets`). */

import { waterClass } from "../tokens";
import { say, things } from "../words";
import {
  isCasework,
  isOverview,
  type MapFeature,
  type Properties,
  sourcesOf,
  text,
} from "./feature";
import { needsServer, type TileFilters, tileCql } from "./filters";
import { monthName } from "./months";
import { pointFilter } from "./point-filter";
import tilesets from "./tilesets.json";

/** A drawn layer as `geo_portal/map_lists.py` writes it; regular expressions and addresses are text. */
interface Tileset {
  source: string;
  partOf?: string;
  api?: string;
  page?: string;
  hint?: readonly string[];
  listPath?: string;
  shownOn?: readonly string[];
  filteredOn?: string;
  companions?: readonly string[];
  hasPast?: boolean;
  tileFilters?: TileFilters;
  serverFilters?: readonly string[];
}

/** What a layer needs besides: filters that the server turns into CQL2. */
const BESIDES: Readonly<Record<string, Partial<MapFeature>>> = {
  monitoring_points: { tileWish: pointFilter },
};

/** The class of a point as far as it is known, and the month that it is of: `至少Ⅴ类，2026年10月`. */
export function classWords(properties: Properties): string {
  const { value, label, meaning } = waterClass(properties.class);
  const month = text(properties.month);
  const unrated = say(month ? "class.tooLittle" : "class.noSample");
  const rated = properties.at_least ? say("class.atLeast", { label }) : `${label}（${meaning}）`;
  const words = value === 0 ? unrated : rated;
  if (!month) return words;
  const name = monthName(month, document.documentElement.lang);
  return say("class.ofMonth", { label: words, month: name });
}

const PHRASES: Readonly<Record<string, (properties: Properties) => string>> = {
  "@water_class": classWords,
  "@range": ({ metres }) => say("map.range", { metres: text(metres) }),
};

const PLACEHOLDER = /\{(\w+)\}/g;

/** `template` with the properties that it names in braces; undefined when one of them is missing. */
function filled(
  template: string,
  properties: Properties,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name]) => name as string);
  if (names.some((name) => !text(properties[name]))) return undefined;
  return template.replace(PLACEHOLDER, (_, name: string) => encode(text(properties[name])));
}

function hintOf(parts: readonly string[]): (properties: Properties) => string {
  return (properties) =>
    parts
      .map((part) => PHRASES[part]?.(properties) ?? filled(part, properties))
      .filter(Boolean)
      .join(" · ");
}

function shownOn(places: readonly string[]): (path: string) => boolean {
  const tests = places.map((place) => {
    if (place === "overview") return isOverview;
    if (place === "casework") return isCasework;
    const pattern = new RegExp(place);
    return (path: string) => pattern.test(path);
  });
  return (path) => tests.some((test) => test(path));
}

/** What clusters count is narrowed where they are counted. */
function serverFilter({
  tileFilters = {},
  serverFilters = [],
}: Pick<Tileset, "tileFilters" | "serverFilters">): MapFeature["tileWish"] {
  return (query) => ({
    cql: tileCql(query, tileFilters),
    needsApi: needsServer(query, tileFilters, serverFilters),
  });
}

/** A layer's description as the map uses it. */
export function mapFeature({ page, hint, listPath, filteredOn, ...rest }: Tileset): MapFeature {
  return {
    ...rest,
    shownOn: shownOn(rest.shownOn ?? []),
    ...(page && { page: (properties) => filled(page, properties, encodeURIComponent) }),
    ...(hint && { hint: hintOf(hint) }),
    ...(listPath && { listPath: new RegExp(listPath) }),
    ...(filteredOn && { filteredOn: new RegExp(filteredOn) }),
    ...(rest.companions
      ? { tileWish: serverFilter(rest) }
      : { printFilter: (query) => tileCql(query, rest.tileFilters ?? {}) }),
    ...BESIDES[rest.source],
  };
}

export const FEATURES: readonly MapFeature[] = (tilesets as Tileset[]).map(mapFeature);

/** The kind that is drawn from `source`, as itself or as a companion. */
export function kindOf(
  kinds: readonly MapFeature[],
  source: string | undefined,
): MapFeature | undefined {
  return kinds.find((kind) => source !== undefined && sourcesOf(kind).includes(source));
}

/** Whether the filters of the address narrow `kind` on this page. */
export function isFilteredOn(kind: MapFeature, path: string): boolean {
  return (kind.filteredOn ?? kind.listPath)?.test(path) ?? false;
}

/** What a list page lists, or undefined on other pages. */
export function listedOn(path: string): MapFeature | undefined {
  return FEATURES.find((feature) => feature.listPath?.test(path));
}

export function countLine(source: string, shown: number, total: number): string {
  return say("map.counts", { shown, total: Math.max(shown, total), what: things(source) });
}
