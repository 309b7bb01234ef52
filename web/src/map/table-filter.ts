/** The attribute table's conditions as a filter of map symbols: a tile carries every column that its reader may see. */
import type { ExpressionSpecification, FilterSpecification } from "maplibre-gl";

const OF_THE_TABLE = new Set(["q", "ordering", "columns", "after", "before", "last", "page"]);
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

type Lookup = (column: string, value: string) => ExpressionSpecification;

const get = (column: string): ExpressionSpecification => ["get", column];
const text = (column: string): ExpressionSpecification => ["to-string", get(column)];

function holds(column: string, words: string): ExpressionSpecification {
  return ["in", words.toLowerCase(), ["downcase", text(column)]];
}

/** Numbers are compared as numbers; dates are texts in a tile, and their order is that of their letters. */
function compare(order: ">=" | "<="): Lookup {
  return (column, value) =>
    NUMBER.test(value)
      ? [
          "all",
          ["==", ["typeof", get(column)], "number"],
          [order, ["to-number", get(column)], Number(value)] as ExpressionSpecification,
        ]
      : [
          "all",
          ["has", column],
          [order, text(column), value.replace("T", " ")] as ExpressionSpecification,
        ];
}

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  contains: holds,
  min: compare(">="),
  max: compare("<="),
  null: (column, value) => (/^(1|true)$/i.test(value) ? ["!", ["has", column]] : ["has", column]),
};

function condition(name: string, value: string): ExpressionSpecification {
  const cut = name.lastIndexOf("__");
  const lookup = cut > 0 ? LOOKUPS[name.slice(cut + 2)] : undefined;
  return lookup ? lookup(name.slice(0, cut), value) : ["==", text(name), value];
}

/** The filter for a table's address; `texts` are the columns that its search looks into. */
export function tableFilter(
  query: URLSearchParams,
  texts: readonly string[],
): FilterSpecification | undefined {
  const rules: ExpressionSpecification[] = [];
  for (const [name, value] of query) {
    if (value.trim() !== "" && !OF_THE_TABLE.has(name)) rules.push(condition(name, value.trim()));
  }
  const words = query.get("q")?.trim();
  if (words && texts.length > 0) {
    rules.push(["any", ...texts.map((column) => holds(column, words))]);
  }
  return rules.length > 0 ? ["all", ...rules] : undefined;
}
