import { describe, expect, it } from "vitest";
import { isNoise, refusal, sizeText, sourcesOf } from "../src/import/files";
import { named, parseBox } from "../src/map/preview";

const file = (name: string, size = 1024) => ({ name, size });

describe("what was chosen for an import", () => {
  it("takes the parts of a shapefile together, whatever their case", () => {
    const sources = sourcesOf([file("Rivers.SHP", 10), file("rivers.dbf", 20), file("a.gpkg")]);
    expect(sources.map(({ name }) => name)).toEqual(["a.gpkg", "Rivers.SHP"]);
    expect(sources[1]).toEqual({ name: "Rivers.SHP", size: 30, lacks: [".prj"] });
  });

  it("refuses parts without their .shp and more than the limit, before anything is sent", () => {
    expect(refusal([file("a.dbf")], 0)).toContain("a.dbf");
    expect(refusal([file("a.zip", 2049)], 2048)).not.toBe("");
    expect(refusal([file("a.zip", 2048)], 2048)).toBe("");
  });

  it("leaves out what is no data", () => {
    expect([".DS_Store", "__MACOSX", "Thumbs.db", "a.shp"].filter(isNoise)).toHaveLength(3);
  });

  it("says sizes as people do", () => {
    expect([sizeText(1), sizeText(1.5 * 1024 ** 2), sizeText(20 * 1024 ** 2)]).toEqual([
      "1 KB",
      "1.5 MB",
      "20 MB",
    ]);
  });
});

describe("a box in an attribute", () => {
  it("is four numbers or nothing", () => {
    expect(parseBox("1,2,3,4")).toEqual([1, 2, 3, 4]);
    for (const text of ["", "1,2,3", "a,b,c,d", undefined]) expect(parseBox(text)).toBeUndefined();
  });

  it("draws a place that is tried with its name", () => {
    const [area, middle] = named([1, 2, 3, 6], "EPSG:4549");
    expect(area?.geometry).toEqual({
      type: "Polygon",
      coordinates: [
        [
          [1, 2],
          [3, 2],
          [3, 6],
          [1, 6],
          [1, 2],
        ],
      ],
    });
    expect(middle?.geometry).toEqual({ type: "Point", coordinates: [2, 4] });
    expect(middle?.properties).toEqual({ kind: "elsewhere", label: "EPSG:4549" });
  });
});
