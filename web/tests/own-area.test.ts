// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { drawOwnArea, ownBounds } from "../src/map/own-area";
import { FakeMap } from "./fake-map";

class Drawing extends FakeMap {
  readonly added: { id: string; filter: unknown }[] = [];
  addLayer = (layer: { id: string; filter: unknown; source: string }): void => {
    this.added.push(layer);
    this.layers.push(layer);
  };
}

const drawing = (): Drawing => new Drawing([{ id: "town-line", source: "base" }]);

describe("the own area", () => {
  it("veils the other towns, draws the own border, once", () => {
    const map = drawing();
    const own = { ownCode: "330203101", ownLevel: "town" };
    drawOwnArea(map.asMap, own);
    drawOwnArea(map.asMap, own);
    expect(map.added.map(({ id }) => id)).toEqual(["own-area-veil", "own-area-line"]);
    expect(JSON.stringify(map.added[0]?.filter)).toContain(
      '["!",["==",["get","code"],"330203101"]]',
    );
  });

  it("draws nothing for who works everywhere, or without the base map", () => {
    const map = drawing();
    drawOwnArea(map.asMap, {});
    drawOwnArea(new Drawing([]).asMap, { ownCode: "1", ownLevel: "town" });
    expect(map.added).toEqual([]);
  });

  it("goes home to the own box, and without one to the district's", () => {
    expect(ownBounds({ ownBounds: "121.3,29.8,121.4,29.9" })?.toArray().flat()).toEqual([
      121.3, 29.8, 121.4, 29.9,
    ]);
    for (const wrong of ["", "1,2,3", "a,b,c,d"])
      expect(ownBounds({ ownBounds: wrong })).toBeUndefined();
  });
});
