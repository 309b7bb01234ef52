import { describe, expect, it } from "vitest";
import { cornersOf, valueLines } from "../src/map/rasters";

describe("the corners of a picture on the map", () => {
  it("run clockwise from the north-west", () => {
    expect(cornersOf("121.3,29.8,121.4,29.9")).toEqual([
      [121.3, 29.9],
      [121.4, 29.9],
      [121.4, 29.8],
      [121.3, 29.8],
    ]);
  });
  it("are not there for a box that is none", () => {
    expect(cornersOf("")).toBeUndefined();
    expect(cornersOf("1,2,3,north")).toBeUndefined();
  });
});

describe("the value under a click", () => {
  it("has its unit, and few enough digits to read", () => {
    const band = { band: 1, name: "", unit: "m", value: 123.456789 };
    expect(valueLines([band], "no data")).toEqual(["123.457 m"]);
  });
  it("says when there is no data, and names bands when there are several", () => {
    const bands = [
      { band: 1, name: "red", unit: "", value: 0 },
      { band: 2, name: "", unit: "", value: null },
    ];
    expect(valueLines(bands, "no data")).toEqual(["red: 0", "2: no data"]);
  });
});
