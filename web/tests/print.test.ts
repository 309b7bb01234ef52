// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { idFilter } from "../src/map/filters";
import { printAddress } from "../src/map/habits/print";
import { FakeMap } from "./fake-map";

const SHOWN = ["news", "papers", "stations"];

function printed(filters: Record<string, unknown> = {}): URLSearchParams {
  const map = new FakeMap(SHOWN.map((source) => ({ id: source, source })));
  for (const [id, filter] of Object.entries(filters)) map.filters.set(id, filter);
  Object.assign(map, {
    getCenter: () => ({ lng: 121.3, lat: 29.8 }),
    getContainer: () => ({ clientWidth: 800, clientHeight: 600 }),
  });
  const address = printAddress({ map: map.asMap, shown: () => SHOWN, at: () => undefined });
  return new URL(address, "http://h").searchParams;
}

describe("the sheet of what is on the screen", () => {
  beforeEach(() => history.replaceState(null, "", "/papers/?kind=motion&state=filed"));

  it("is narrowed as the map is where only the screen narrows it", () => {
    expect(printed().get("f.papers")).toBe("kind IN ('motion') AND state IN ('filed')");
  });

  it("shows whole what the page is not about", () => {
    expect(printed().has("f.news")).toBe(false);
  });

  it("holds those that the server has left where it was asked", () => {
    const filter = ["all", ["has", "name"], idFilter([3, 5])];
    expect(printed({ papers: filter }).get("f.papers")).toBe("id IN (3, 5)");
  });
});
