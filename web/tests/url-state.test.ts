import { describe, expect, it } from "vitest";
import {
  pageQuery,
  parseFeatureRef,
  parseFeatureRefs,
  parseMapState,
  writeMapState,
} from "../src/map/url-state";

describe("the map's state in the address", () => {
  it("comes back as it was written, beside the page's own filters", () => {
    const state = {
      camera: { lng: 121.5, lat: 29.87, zoom: 12.25 },
      layers: ["projects", "stations"],
      selected: { source: "projects", id: 7 },
      at: "2026-03",
      follow: true,
    };
    const search = writeMapState("?class=6&class=5&c=1,2", state);
    expect(search).toContain("class=6&class=5");
    expect(parseMapState(search)).toEqual(state);
  });

  it("is empty when there is nothing to say", () => {
    expect(writeMapState("", {})).toBe("");
    expect(parseMapState("")).toEqual({});
  });

  it("tells no layers at all from the page's own choice", () => {
    expect(parseMapState("?layers=").layers).toEqual([]);
    expect(parseMapState("?z=3").layers).toBeUndefined();
  });

  it.each(["?c=abc,1", "?c=121.5", "?c=,", "?c=500,29", "?c=121,89", "?c=121,29&z=99"])(
    "refuses a camera that cannot be: %s",
    (search) => {
      expect(parseMapState(search).camera).toBeUndefined();
    },
  );

  it("reads a feature only when it is tileset and number", () => {
    expect(parseFeatureRef("monitoring_points:12")).toEqual({
      source: "monitoring_points",
      id: 12,
    });
    for (const wrong of ["12", "points:x", "a b:1", "", null]) {
      expect(parseFeatureRef(wrong)).toBeUndefined();
    }
  });

  it("asks the page without what is the map's", () => {
    expect(pageQuery("?q=西塘&c=1,2&z=3&follow=1&page=2&in_bbox=1,2,3,4").toString()).toBe(
      new URLSearchParams({ q: "西塘" }).toString(),
    );
  });
});

describe("what a page lights", () => {
  it("may be several, as the reaches of a river; what is no feature is left out", () => {
    expect(parseFeatureRefs("reaches:1 reaches:22 ")).toEqual([
      { source: "reaches", id: 1 },
      { source: "reaches", id: 22 },
    ]);
    expect(parseFeatureRefs("reaches: x:y")).toEqual([]);
    expect(parseFeatureRefs(undefined)).toEqual([]);
  });
});
