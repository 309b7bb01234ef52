import { describe, expect, it } from "vitest";
import places from "../../tests/data/datum_places.json";
import { type LngLat, toBd09, toGcj02 } from "../src/map/habits/datum";
import { areaWithin, lengthOf, lengthWords } from "../src/map/habits/lengths";
import { mapLinks } from "../src/map/habits/links";
import { measuredWords, shapeOf } from "../src/map/habits/measure";
import { addressOf } from "../src/map/habits/place-card";
import { parseMapState, writeMapState } from "../src/map/url-state";

describe("what one is used to from map apps", () => {
  it("moves coordinates as the server does, to a tenth of a millimetre", () => {
    for (const { wgs84, gcj02, bd09 } of places) {
      const there = toGcj02(wgs84 as LngLat);
      for (const axis of [0, 1] as const) {
        expect(there[axis]).toBeCloseTo(gcj02[axis] as number, 8);
        expect(toBd09(wgs84 as LngLat)[axis]).toBeCloseTo(bd09[axis] as number, 8);
      }
    }
  });

  it("gives each map the datum that it says, and no title can add to an address", () => {
    const [amap, baidu, tencent] = mapLinks([121.543, 29.871], "a&b;c");
    expect(amap?.href).toContain("position=121.547177,29.868432&name=a%26b%3Bc&coordinate=gaode");
    expect(baidu?.href).toContain("location=29.874715,121.553595");
    expect(baidu?.href).toContain("coord_type=bd09ll");
    expect(tencent?.href).toContain("coord:29.868432,121.547177;title:a%26b%3Bc");
  });

  it("measures a degree of the meridian and a hundredth of a square degree", () => {
    expect(
      lengthOf([
        [121, 29],
        [121, 30],
      ]),
    ).toBeCloseTo(111_195, -1);
    const square: LngLat[] = [
      [121, 0],
      [121.1, 0],
      [121.1, 0.1],
      [121, 0.1],
    ];
    expect(areaWithin(square) / 1e6).toBeCloseTo(123.64, 1);
    expect(areaWithin([...square, square[0] as LngLat])).toBeCloseTo(areaWithin(square), 3);
    expect(lengthWords(2414)).toBe("2.41 km");
    expect(measuredWords(square, "area")).toContain("（185,465.1 亩）");
  });

  it("draws a line until an area has three corners", () => {
    const two: LngLat[] = [
      [1, 1],
      [2, 2],
    ];
    expect(shapeOf(two, "area").features[0]?.geometry.type).toBe("LineString");
    expect(shapeOf([...two, [2, 1]], "area").features[0]?.geometry.type).toBe("Polygon");
    expect(shapeOf([], "length").features).toEqual([]);
  });

  it("writes a pin that the address reads again", () => {
    const address = new URL(addressOf([121.543, 29.871], 15.2, "https://x.test"));
    const state = parseMapState(address.search);
    expect(state.pin).toEqual([121.543, 29.871]);
    expect(state.camera?.zoom).toBe(15.2);
    expect(writeMapState(address.search, state)).toContain("pin=121.54300,29.87100");
    expect(parseMapState("?pin=1").pin).toBeUndefined();
    expect(parseMapState("?pin=999,5").pin).toBeUndefined();
  });
});
