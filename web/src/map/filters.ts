/**
 * From a page's filters to a filter of map symbols. What a tile carries is filtered in the tile (at once and exactly);
 * what it does not carry (words, town, department …) is asked of the API, which answers with ids.
 */
import type { ExpressionSpecification, FilterSpecification } from "maplibre-gl";

export type PropertyKind = "number" | "text" | "flag";

/** Query parameter -> how it is in the tile. */
export type TileFilters = Readonly<Record<string, PropertyKind>>;

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  false: false,
  "0": false,
};

function isIn(property: string, values: (string | number)[]): ExpressionSpecification {
  return ["in", ["get", property], ["literal", values]];
}

function condition(
  name: string,
  kind: PropertyKind,
  values: string[],
): ExpressionSpecification | undefined {
  if (kind === "flag") {
    const flag = FLAGS[values[0]?.toLowerCase() ?? ""];
    return flag === undefined ? undefined : ["==", ["to-boolean", ["get", name]], flag];
  }
  if (kind === "text") return isIn(name, values);
  const numbers = values.map(Number).filter(Number.isFinite);
  return numbers.length > 0 ? isIn(name, numbers) : undefined;
}

/** The parameters of `query` that have a value, each with all its values. */
function filled(query: URLSearchParams): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of query) {
    if (value !== "") found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

/** The filter for what the tile carries; undefined when the query narrows nothing of it. */
export function tileFilter(
  query: URLSearchParams,
  properties: TileFilters,
): FilterSpecification | undefined {
  const conditions: ExpressionSpecification[] = [];
  for (const [name, values] of filled(query)) {
    const kind = properties[name];
    const rule = kind && condition(name, kind, values);
    if (rule) conditions.push(rule);
  }
  return conditions.length > 0 ? ["all", ...conditions] : undefined;
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

function cqlOf(name: string, kind: PropertyKind, values: string[]): string | undefined {
  if (kind === "flag") {
    const flag = FLAGS[values[0]?.toLowerCase() ?? ""];
    return flag === undefined ? undefined : `${name} = ${flag ? "TRUE" : "FALSE"}`;
  }
  if (kind === "text") return `${name} IN (${values.map(quoted).join(", ")})`;
  const numbers = values.map(Number).filter(Number.isFinite);
  return numbers.length > 0 ? `${name} IN (${numbers.join(", ")})` : undefined;
}

/** The same as CQL2, for tilesets whose clusters the server counts; undefined when nothing is narrowed. */
export function tileCql(query: URLSearchParams, properties: TileFilters): string | undefined {
  const parts: string[] = [];
  for (const [name, values] of filled(query)) {
    const kind = properties[name];
    const part = kind && cqlOf(name, kind, values);
    if (part) parts.push(part);
  }
  return parts.length > 0 ? parts.join(" AND ") : undefined;
}

/** Whether the query narrows by something that only the server can tell. */
export function needsServer(
  query: URLSearchParams,
  properties: TileFilters,
  serverFilters: readonly string[],
): boolean {
  return [...filled(query).keys()].some(
    (name) => !(name in properties) && serverFilters.includes(name),
  );
}

/** Join filters that may be missing. */
export function allOf(...filters: (FilterSpecification | undefined)[]): FilterSpecification | null {
  const present = filters.filter((filter) => filter !== undefined) as ExpressionSpecification[];
  if (present.length === 0) return null;
  return present.length === 1 ? (present[0] as FilterSpecification) : ["all", ...present];
}

export function idFilter(ids: number[]): FilterSpecification {
  return ["in", ["id"], ["literal", ids]];
}

/** The ids of the `idFilter` that is a part of `filter`; undefined where there is none. */
export function idsIn(filter: unknown): number[] | undefined {
  if (!Array.isArray(filter)) return undefined;
  const [operator, subject, list] = filter as unknown[];
  if (operator === "in" && Array.isArray(subject) && subject[0] === "id") {
    return (list as [string, number[]])[1];
  }
  for (const part of filter) {
    const ids = idsIn(part);
    if (ids) return ids;
  }
  return undefined;
}
