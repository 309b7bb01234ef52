import { describe, expect, it } from "vitest";
import { ringsOf, withCorner, withoutCorner } from "../src/forms/zone";

const HERE = { lng: 121.5, lat: 29.86 };

describe("a zone that is drawn", () => {
  it("grows by a line for each corner", () => {
    expect(withCorner("", HERE)).toBe("121.500000, 29.860000");
    expect(withCorner("121.4, 29.8\n", HERE)).toBe("121.4, 29.8\n121.500000, 29.860000");
  });

  it("begins another part after a blank line", () => {
    expect(withCorner("121.4, 29.8\n\n", HERE)).toBe("121.4, 29.8\n\n121.500000, 29.860000");
  });

  it("loses its last corner and nothing else", () => {
    expect(withoutCorner("1, 2\n3, 4\n\n5, 6")).toBe("1, 2\n3, 4");
    expect(withoutCorner("1, 2")).toBe("");
  });

  it("is read part by part, full-width commas too, and without what is no corner", () => {
    expect(ringsOf("1, 2\n3\uFF0C4\nx\n\n5 6")).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[5, 6]],
    ]);
    expect(ringsOf("")).toEqual([]);
  });
});
