import { describe, expect, it } from "vitest";
import { FEATURES, listedOn } from "../src/map/features";
import { allOf, idFilter, needsServer, tileFilter } from "../src/map/filters";

const POINTS = { class: "number", status: "text", overdue: "flag" } as const;
const query = (text: string) => new URLSearchParams(text);

describe("from a page's filters to the map's", () => {
  it("takes every value of a parameter", () => {
    expect(tileFilter(query("class=5&class=6"), POINTS)).toEqual([
      "all",
      ["in", ["get", "class"], ["literal", [5, 6]]],
    ]);
  });

  it("takes words as words and flags as flags", () => {
    expect(tileFilter(query("status=listed&overdue=true"), POINTS)).toEqual([
      "all",
      ["in", ["get", "status"], ["literal", ["listed"]]],
      ["==", ["to-boolean", ["get", "overdue"]], true],
    ]);
  });

  it("leaves out what is empty, unknown or no number", () => {
    expect(
      tileFilter(query("class=&q=&class=x&nothing=1&overdue=perhaps"), POINTS),
    ).toBeUndefined();
  });

  it("asks the server only for what a tile cannot tell", () => {
    expect(needsServer(query("class=6"), POINTS, ["q"])).toBe(false);
    expect(needsServer(query("class=6&q=西塘"), POINTS, ["q"])).toBe(true);
    expect(needsServer(query("q="), POINTS, ["q"])).toBe(false);
    expect(needsServer(query("unknown=1"), POINTS, ["q"])).toBe(false);
  });

  it("joins filters and forgets missing ones", () => {
    expect(allOf(undefined, undefined)).toBeNull();
    expect(allOf(idFilter([1]), undefined)).toEqual(["in", ["id"], ["literal", [1]]]);
    expect(allOf(["has", "a"], ["has", "b"])).toEqual(["all", ["has", "a"], ["has", "b"]]);
  });
});

describe("what is on the map where", () => {
  const shownOn = (path: string) =>
    FEATURES.filter((feature) => feature.shownOn(path)).map(({ source }) => source);

  it("shows everything on the map page and only the thing itself on its own pages", () => {
    const onTheMap = shownOn("/map/");
    for (const source of ["stations", "projects", "monitoring_points", "findings"]) {
      expect(onTheMap).toContain(source);
    }
    for (const onDemand of ["outfalls", "management_ranges", "project_places"]) {
      expect(onTheMap).not.toContain(onDemand);
    }
    expect(shownOn("/projects/2026-01/")).toEqual(["project_places", "projects"]);
    expect(shownOn("/projects/")).toEqual(["projects"]);
    expect(shownOn("/river/points/")).toEqual(["monitoring_points"]);
    expect(shownOn("/layers/outfalls/")).toEqual([]);
  });

  it("knows what a list page lists", () => {
    expect(listedOn("/river/points/")?.source).toBe("monitoring_points");
    expect(listedOn("/river/points/HS-W001/")).toBeUndefined();
  });

  it("opens a feature's page by its code, and none without one", () => {
    const points = FEATURES.find(({ source }) => source === "monitoring_points");
    expect(points?.page?.({ code: "HS W/1" })).toBe("/river/points/HS%20W%2F1/");
    expect(points?.page?.({})).toBeUndefined();
  });
});
