import { featureFilter } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { tableFilter } from "../src/map/table-filter";

const ROWS: Record<string, unknown>[] = [
  { id: 1, name: "西塘河", depth: 2.5, dug: "2026-01-02", big: true },
  { id: 2, name: "Canal North", depth: 10, dug: "2026-03-01 08:30:00", big: false },
  { id: 3, name: "南塘河", dug: "2025-12-31" },
];

/** The ids that MapLibre itself leaves under the filter of this address. */
function left(address: string): unknown[] {
  const filter = tableFilter(new URLSearchParams(address), ["name"]);
  if (!filter) return ROWS.map(({ id }) => id);
  const keeps = featureFilter(filter as never, "layers[0].filter" as never).filter;
  return ROWS.filter((properties) =>
    keeps({ zoom: 10 } as never, { type: 1, properties, id: 1 } as never),
  ).map(({ id }) => id);
}

describe("the attribute table's conditions on the map", () => {
  it.each([
    ["", [1, 2, 3]],
    ["ordering=-depth&columns=name&after=3&q=", [1, 2, 3]],
    ["name__contains=塘", [1, 3]],
    ["name__contains=canal", [2]],
    ["q=north", [2]],
    ["q=2026", []],
    ["depth__min=3", [2]],
    ["depth__max=3", [1]],
    ["depth__null=true", [3]],
    ["depth__null=0", [1, 2]],
    ["dug__min=2026-01-02", [1, 2]],
    ["dug__max=2026-03-01T08:30:00", [1, 2, 3]],
    ["name=南塘河", [3]],
    ["big=true", [1]],
    ["depth=10&name__contains=n", [2]],
    ["nothing__min=1", []],
  ])("%s leaves %j", (address, ids) => {
    expect(left(address)).toEqual(ids);
  });
});
