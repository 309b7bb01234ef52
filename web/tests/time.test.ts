import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { heapWords, isHeap, refOf } from "../src/map/clusters";
import { FEATURES, isFilteredOn, kindOf } from "../src/map/features";
import { followsMonth, monthIn, monthName, placeOf } from "../src/map/months";
import { amongIds, MOST_IDS, pointFilter } from "../src/map/point-filter";
import { wishing } from "../src/map/tile-wishes";
import { barsOf, yearsOf } from "../src/map/time-bars";

const query = (text: string) => new URLSearchParams(text);
const CASES = JSON.parse(
  readFileSync(new URL("../../tests/data/point_filters.json", import.meta.url), "utf8"),
) as { query: string; cql: string | null }[];

describe("from the list's address to the tiles' filter", () => {
  it.each(CASES)("$query", ({ query: asked, cql }) => {
    expect(pointFilter(query(asked))).toEqual({ cql: cql ?? undefined, needsApi: false });
  });

  it("leaves to the API what a tile cannot be asked exactly", () => {
    expect(pointFilter(query("q=50%25"))).toEqual({ cql: undefined, needsApi: true });
    expect(pointFilter(query("class=6&near=121.5,29.8")).needsApi).toBe(true);
    expect(pointFilter(query("updated_since=2026-01-01T00:00:00Z")).needsApi).toBe(true);
  });

  it("shows nothing for a class that is none, as the list does", () => {
    expect(pointFilter(query("class=x")).cql).toBe("id = -1");
    expect(amongIds([])).toBe("id = -1");
  });

  it("does not let a value out of its quotes", () => {
    expect(pointFilter(query("area=1' OR '1'='1")).cql).toBe("area_code = '1'' OR ''1''=''1'");
  });

  it("keeps ids within what a tile takes", () => {
    const many = amongIds(Array.from({ length: 5000 }, (_, index) => 100_000_000 + index));
    expect(many.length).toBeLessThanOrEqual(1901);
    expect(many).toMatch(/^id IN \((\d+, )*\d+\)$/);
    expect(amongIds(Array.from({ length: 5000 }, (_, i) => i)).split(",").length).toBe(MOST_IDS);
  });
});

describe("what tiles are asked with", () => {
  const plain = "/tiles/monitoring_points/{z}/{x}/{y}.mvt";

  it("puts a filter and a month behind the address and keeps a version", () => {
    expect(wishing(`${plain}?v=3`, { filter: "class IN (6)", at: "2026-03" })).toBe(
      `${plain}?v=3&filter=class%20IN%20(6)&at=2026-03`,
    );
  });

  it("takes the place of an earlier wish, and leaves nothing behind", () => {
    const asked = wishing(plain, { filter: "a = '{z}?&'", at: "2026-03" });
    expect(asked).not.toContain("'{z}");
    expect(wishing(asked, { at: "2026-04" })).toBe(`${plain}?at=2026-04`);
    expect(wishing(asked, {})).toBe(plain);
  });
});

describe("months", () => {
  const months = ["2025-11", "2025-12", "2026-01"].map((month, index) => ({
    month,
    rated: index * 10,
    inferior: index,
  }));

  it("reads a month from an address and nothing else", () => {
    expect(monthIn("?class=6&at=2026-03")).toBe("2026-03");
    for (const bad of ["", "?at=", "?at=2026-13", "?at=2026-3", "?at=x"]) {
      expect(monthIn(bad)).toBeUndefined();
    }
  });

  it("puts now, and a month that it lacks, at the right end", () => {
    expect(placeOf("2025-12", months)).toBe(1);
    expect(placeOf(undefined, months)).toBe(3);
    expect(placeOf("1999-01", months)).toBe(3);
  });

  it("names a month in the page's language", () => {
    expect(monthName("2026-03", "zh-hans")).toBe("2026年3月");
    expect(monthName("2026-03", "en")).toBe("Mar 2026");
  });

  it("draws the share of inferior V of the rated, the largest as high as the track", () => {
    expect(barsOf(months).map(({ rated, share }) => [rated, Math.round(share)])).toEqual([
      [false, 0],
      [true, 100],
      [true, 100],
    ]);
    expect(barsOf([])).toEqual([]);
  });

  it("names years where they begin and not on top of one another", () => {
    expect(yearsOf(months).map(({ year }) => year)).toEqual(["2025", "2026"]);
    const long = Array.from({ length: 240 }, (_, index) => ({
      month: `${2000 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`,
      rated: 1,
      inferior: 0,
    }));
    const places = yearsOf(long).map(({ x }) => x);
    expect(places.length).toBeLessThan(14);
    expect(Math.min(...places.slice(1).map((x, i) => x - (places[i] ?? 0)))).toBeGreaterThan(4);
  });

  it("follows on the map, the list and a point, and nowhere else", () => {
    for (const path of ["/map/", "/river/points/", "/river/points/HS-W001/"]) {
      expect(followsMonth(path)).toBe(true);
    }
    for (const path of ["/", "/river/", "/river/points/new/", "/projects/", "/river/waters/"]) {
      expect(followsMonth(path)).toBe(false);
    }
  });
});

describe("clusters", () => {
  const heap = { count: 7, class: 6, worst_count: 2 };

  it("are heaps when they are several, and the point itself when it is alone", () => {
    expect(isHeap("monitoring_point_clusters", heap)).toBe(true);
    expect(isHeap("monitoring_points", heap)).toBe(false);
    expect(refOf("monitoring_point_clusters", 99, heap)).toBeUndefined();
    expect(refOf("monitoring_point_clusters", 99, { count: 1, point: 5 })).toEqual({
      source: "monitoring_points",
      id: 5,
    });
    expect(refOf("projects", 3, {})).toEqual({ source: "projects", id: 3 });
  });

  it("say how many, the worst class and how many have it", () => {
    expect(heapWords("monitoring_point_clusters", heap)).toEqual({
      title: "7 个点位",
      hint: "最差劣Ⅴ类，2 个；点击放大",
    });
  });

  it("of projects say the worst light and how many have it, in words", () => {
    const many = { count: 3, worst_count: 1 };
    const hint = (rank: number) =>
      heapWords("project_clusters", { ...many, light_rank: rank }).hint;
    expect([1, 2, 3].map(hint)).toEqual([
      "最差按期，1 个；点击放大",
      "最差滞后，1 个；点击放大",
      "最差严重滞后，1 个；点击放大",
    ]);
  });

  it("of things without a class or a light say how many of what there are", () => {
    const many = { count: 3, light_rank: 0, worst_count: 3 };
    expect(heapWords("project_clusters", many)).toEqual({ title: "3 件项目", hint: "点击放大" });
    expect(refOf("station_clusters", 9, { count: 1, point: 4 })).toEqual({
      source: "stations",
      id: 4,
    });
  });

  it("belong to the points: shown, narrowed and clicked as they are", () => {
    expect(kindOf(FEATURES, "monitoring_point_clusters")?.source).toBe("monitoring_points");
    expect(kindOf(FEATURES, undefined)).toBeUndefined();
    const points = FEATURES.find(({ source }) => source === "monitoring_points");
    expect(points && isFilteredOn(points, "/map/")).toBe(true);
    expect(points && isFilteredOn(points, "/river/points/HS-W001/")).toBe(false);
  });
});
