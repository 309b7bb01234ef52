/**
 * From a list's address to the filter that tiles are asked with (CQL2): the map, its clusters and its counts are
 * narrowed by the server as the list is. The names on the left are those of `river_monitoring/selection/filters.py`; the table
 * tests/data/point_filters.json holds both sides to the same answers.
 */

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A rule may leave the question to the API (undefined): what a tile cannot be asked exactly, it is not asked at all. */
type Rule = (values: string[]) => string | undefined;

/** What no point fulfils: the list is empty where a value makes no sense, and so is the map. */
const NOTHING = "id = -1";

const isOneOf =
  (property: string): Rule =>
  (values) =>
    `${property} IN (${values.map(text).join(", ")})`;

const hasNumber =
  (property: string): Rule =>
  (values) =>
    values.every((value) => /^\d$/.test(value)) ? `${property} IN (${values.join(", ")})` : NOTHING;

const FLAGS: Readonly<Record<string, string>> = {
  true: "TRUE",
  "1": "TRUE",
  false: "FALSE",
  "0": "FALSE",
};

const isFlag =
  (property: string): Rule =>
  ([value = ""]) => {
    const flag = FLAGS[value.toLowerCase()];
    return flag && `${property} = ${flag}`;
  };

const SEARCHED = ["name", "code", "river", "area", "village"];
const MOST_WORDS = 5;

/** Every word must be in one of the texts that the list's search looks into. */
const holdsWords: Rule = ([value = ""]) => {
  const words = value.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  // In LIKE a word's own % and _ would stand for anything.
  if (words.some((word) => /[%_\\]/.test(word))) return undefined;
  const holds = (name: string, word: string): string =>
    `CASEI(${name}) LIKE CASEI(${text(`%${word}%`)})`;
  const rules = words.map((word) => `(${SEARCHED.map((name) => holds(name, word)).join(" OR ")})`);
  return rules.join(" AND ");
};

const RULES: Readonly<Record<string, Rule>> = {
  class: hasNumber("class"),
  status: isOneOf("status"),
  kind: isOneOf("kind"),
  area: ([code = ""]) => `area_code = ${text(code)}`,
  river: ([code = ""]) => `river_code = ${text(code)}`,
  department: ([code = ""]) => `department_code = ${text(code)}`,
  chief: ([name = ""]) => `chief = ${text(name)}`,
  overdue: isFlag("overdue"),
  q: holdsWords,
  // A distance on the ellipsoid, and the time of a change that no tile of a past month carries.
  near: () => undefined,
  updated_since: () => undefined,
};

export interface PointFilter {
  /** CQL2; undefined when nothing is narrowed. */
  cql: string | undefined;
  /** Whether something is narrowed that only the API can tell. */
  needsApi: boolean;
}

/** The filter that the address asks for. */
export function pointFilter(query: URLSearchParams): PointFilter {
  const parts: string[] = [];
  let needsApi = false;
  for (const [name, rule] of Object.entries(RULES)) {
    const values = query.getAll(name).filter((value) => value.trim() !== "");
    if (values.length === 0) continue;
    const part = rule(values);
    if (part) parts.push(part);
    else needsApi = true;
  }
  return { cql: parts.length > 0 ? parts.join(" AND ") : undefined, needsApi };
}

/** Tiles take at most 200 terms and 2,000 characters of a filter. */
export const MOST_IDS = 190;

/** The filter that leaves only these; nothing at all for none. Of more than fit, the first (the list's own order). */
export function amongIds(ids: readonly number[]): string {
  if (ids.length === 0) return NOTHING;
  let filter = `id IN (${ids.slice(0, MOST_IDS).join(", ")})`;
  while (filter.length > 1900) filter = `${filter.slice(0, filter.lastIndexOf(","))})`;
  return filter;
}
