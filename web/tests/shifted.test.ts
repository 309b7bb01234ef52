import { describe, expect, it } from "vitest";
import places from "../../tests/data/datum_places.json";
import { partsOf } from "../src/map/shifted";

const SIDE = 256;

function pixelOf([lng, lat]: number[], z: number): [number, number] {
  const world = SIDE * 2 ** z;
  const radians = ((lat as number) * Math.PI) / 180;
  const y = (1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2;
  return [(((lng as number) + 180) / 360) * world, y * world];
}

describe("a tile of a map in GCJ-02", () => {
  it("is drawn so that a place lies where it truly is, to a pixel", () => {
    for (const z of [11, 14, 17]) {
      const { wgs84, gcj02 } = places[0] as { wgs84: number[]; gcj02: number[] };
      const [trueX, trueY] = pixelOf(wgs84, z);
      const [x, y] = [Math.floor(trueX / SIDE), Math.floor(trueY / SIDE)];
      const [shiftedX, shiftedY] = pixelOf(gcj02, z);
      const part = partsOf(z, x, y).find(
        (one) => one.x === Math.floor(shiftedX / SIDE) && one.y === Math.floor(shiftedY / SIDE),
      );
      const drawnX = (part?.left ?? Number.NaN) + (shiftedX % SIDE);
      const drawnY = (part?.top ?? Number.NaN) + (shiftedY % SIDE);
      expect(Math.abs(drawnX - (trueX % SIDE))).toBeLessThan(1.5);
      expect(Math.abs(drawnY - (trueY % SIDE))).toBeLessThan(1.5);
    }
  });

  it("is filled whole by the tiles beneath it", () => {
    for (const [z, x, y] of [
      [12, 3430, 1690],
      [17, 109770, 54093],
    ] as const) {
      const parts = partsOf(z, x, y);
      expect(parts.length).toBeLessThanOrEqual(4);
      const area = parts.reduce(
        (sum, { left, top }) => sum + (SIDE - Math.abs(left)) * (SIDE - Math.abs(top)),
        0,
      );
      expect(area).toBe(SIDE * SIDE);
    }
  });

  it("needs no shift abroad", () => {
    expect(partsOf(10, 100, 300)).toEqual([{ x: 100, y: 300, left: 0, top: 0 }]);
  });
});
