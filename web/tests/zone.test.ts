import { describe, expect, it } from "vitest";
import { areaOf, ringOf, sketchOf } from "../src/map/area-shapes";
import { type Ring, ringsOf, textOf } from "../src/map/rings";

const SQUARE: Ring = [
  [121.4, 29.8],
  [121.5, 29.8],
  [121.5, 29.9],
];

describe("corners as text", () => {
  it("are read area by area, full-width commas too, and without what is no corner", () => {
    expect(ringsOf("1, 2\n3\uFF0C4\nx\n\n5 6")).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[5, 6]],
    ]);
    expect(ringsOf("")).toEqual([]);
  });

  it("are written with six decimals and a blank line between areas", () => {
    expect(textOf([SQUARE, [[1, 2]]])).toBe(
      "121.400000, 29.800000\n121.500000, 29.800000\n121.500000, 29.900000\n\n1.000000, 2.000000",
    );
    expect(ringsOf(textOf([SQUARE]))).toEqual([SQUARE]);
  });
});

describe("an area that is drawn", () => {
  it("comes back from the drawing as the ring that went in", () => {
    const area = areaOf(SQUARE);
    expect(area?.geometry.coordinates[0]).toHaveLength(4);
    expect(area && ringOf(area)).toEqual(SQUARE);
  });

  it("needs three corners; fewer are shown as what they are", () => {
    expect(areaOf(SQUARE.slice(0, 2))).toBeUndefined();
    expect(sketchOf(SQUARE.slice(0, 2)).geometry.type).toBe("LineString");
    expect(sketchOf(SQUARE.slice(0, 1)).geometry.type).toBe("Point");
    expect(sketchOf(SQUARE).geometry.type).toBe("Polygon");
  });

  it("is not read before it is finished, nor are the drawing's own guide points", () => {
    const drawing = { ...areaOf(SQUARE), properties: { currentlyDrawing: true } };
    expect(ringOf(drawing as never)).toBeUndefined();
    expect(ringOf({ geometry: { type: "Point", coordinates: [1, 2] } })).toBeUndefined();
  });
});
