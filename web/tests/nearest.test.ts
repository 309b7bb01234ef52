// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { nearestOf, windowAround } from "../src/map/nearest";

type Place = [number, number];
const HERE: Place = [121.5, 29.8];
const A_DEGREE_EAST = 111_320 * Math.cos((29.8 * Math.PI) / 180);

/** `metres` east and north of here. */
const off = (east: number, north: number): Place => [
  121.5 + east / A_DEGREE_EAST,
  29.8 + north / 111_320,
];

/** An API that lists what lies in the box it is asked for. */
function list(things: Record<string, Place>) {
  const asked: URL[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    const url = new URL(address, "http://site");
    asked.push(url);
    const box = url.searchParams.get("in_bbox")?.split(",").map(Number) as number[];
    const [west = 0, south = 0, east = 0, north = 0] = box;
    const features = Object.entries(things)
      .filter(([, [lng, lat]]) => lng >= west && lng <= east && lat >= south && lat <= north)
      .map(([name, coordinates]) => ({
        type: "Feature",
        properties: { name },
        geometry: { type: "Point", coordinates },
      }));
    return Response.json({ count: features.length, results: { features } });
  });
  return asked;
}

const nearest = () => nearestOf("/api/v1/things/", new URLSearchParams("class=6"), HERE);

describe("the nearest of a list", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is found in a window that grows, under the list's own filters", async () => {
    const asked = list({ far: off(9000, 0), near: off(0, -5000) });
    const found = await nearest();
    expect(found?.name).toBe("near");
    expect(found?.metres).toBeCloseTo(5000, -2);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.every((url) => url.searchParams.get("class") === "6")).toBe(true);
  });

  it("is not the one in a corner of the window when something lies nearer beyond a side", async () => {
    list({ corner: off(1900, 1900), beside: off(2100, 0) });
    expect((await nearest())?.name).toBe("beside");
  });

  it("is nothing where nothing is within reach, after a bounded number of questions", async () => {
    const asked = list({ abroad: [2.3, 48.8] });
    expect(await nearest()).toBeUndefined();
    expect(asked).toHaveLength(10);
  });

  it("is nothing, at once, where the site does not answer", async () => {
    const fetched = vi.fn(async () => new Response("", { status: 500 }));
    vi.stubGlobal("fetch", fetched);
    expect(await nearest()).toBeUndefined();
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("takes the nearest corner of an area, and passes over what has no place", async () => {
    const ring = [off(5000, 0), off(5000, 900), off(800, 0), off(5000, 0)];
    const features = [
      { type: "Feature", properties: { name: "nowhere" }, geometry: null },
      {
        type: "Feature",
        properties: { title: "park" },
        geometry: {
          type: "GeometryCollection",
          geometries: [{ type: "Polygon", coordinates: [ring] }],
        },
      },
    ];
    vi.stubGlobal("fetch", async () => Response.json({ features }));
    const found = await nearest();
    expect(found?.name).toBe("park");
    expect(found?.place).toEqual(off(800, 0));
  });

  it("never asks for a box beyond the degrees there are", () => {
    const box = windowAround([121.5, 29.8], 9e9).split(",").map(Number);
    expect(box).toEqual([-180, -90, 180, 90]);
  });
});
