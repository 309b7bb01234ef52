// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MapFeature } from "../src/map/feature";
import { boundsText, Follow } from "../src/map/follow";
import { FakeMap } from "./fake-map";

const ajax = vi.hoisted(() => vi.fn(async () => undefined));
vi.mock("../src/panel/htmx", () => ({ default: { ajax, process: vi.fn() } }));

const STATIONS: MapFeature = {
  source: "stations",
  api: "/api/v1/stations/",
  listPath: /^\/stations\/$/,
  shownOn: () => true,
};

function site(on = false) {
  const map = new FakeMap([{ id: "stations", source: "stations" }]);
  const changed = vi.fn();
  const follow = new Follow(
    map.asMap,
    () => [STATIONS],
    on,
    changed,
    () => undefined,
  );
  return { map, follow, changed };
}

const answer = (count: number) => vi.fn(async () => Response.json({ count }));
const counts = (): string => document.querySelector("#map-counts")?.textContent ?? "";

describe("a list that follows the map", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    ajax.mockClear();
    history.replaceState(null, "", "/stations/?kind=town&page=2");
    document.body.innerHTML = `<p id="map-counts"></p>
      <button data-map="nearest" hidden></button><p id="live"></p><canvas tabindex="0"></canvas>
      <section id="station-list" data-in-view-list><p class="in-view">34</p></section>`;
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("gets its switch once, and keeps what the list itself says", () => {
    const { follow } = site();
    follow.dress();
    follow.dress();
    expect(document.querySelectorAll("[data-in-view-list] input")).toHaveLength(1);
    expect(document.querySelector(".in-view")?.textContent).toContain("34");
  });

  it("asks for the list in the map's window when the map has come to rest", () => {
    const { map } = site(true);
    map.fire("moveend");
    map.fire("moveend");
    vi.advanceTimersByTime(300);
    expect(ajax).toHaveBeenCalledOnce();
    const [, address] = ajax.mock.calls[0] as unknown as [string, string];
    const query = new URLSearchParams(address.split("?")[1]);
    expect(query.get("kind")).toBe("town");
    expect(query.get("in_bbox")).toBe(boundsText(map.asMap));
  });

  it("leaves the list alone while it does not follow, and asks once more when switched off", () => {
    const { map, follow, changed } = site();
    map.fire("moveend");
    vi.advanceTimersByTime(300);
    expect(ajax).not.toHaveBeenCalled();
    follow.dress();
    const box = document.querySelector<HTMLInputElement>("[data-in-view-list] input");
    box?.click();
    box?.click();
    expect(changed).toHaveBeenCalledTimes(2);
    expect(ajax).toHaveBeenCalledTimes(2);
    const [, last] = ajax.mock.calls[1] as unknown as [string, string];
    expect(last).not.toContain("in_bbox");
  });

  it("says how many of how many; a cluster counts as many as it stands for, a split symbol once", async () => {
    vi.stubGlobal("fetch", answer(34));
    const { map } = site();
    map.rendered = [
      { id: 1, properties: {} },
      { id: 1, properties: {} },
      { id: 2, properties: { count: 5 } },
    ];
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("6 / 34"));
  });

  it("asks for the total once per question, until something was written", async () => {
    const fetched = answer(34);
    vi.stubGlobal("fetch", fetched);
    const { map, follow } = site();
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("34"));
    map.fire("idle");
    await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(1));
    follow.forgetTotals();
    map.fire("idle");
    await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(2));
  });

  it("never says fewer in all than are drawn", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 500 }));
    const { map } = site();
    map.rendered = [{ id: 1, properties: { count: 9 } }];
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("9 / 9"));
  });

  it("shows the way to the nearest when the view holds none of those that there are", async () => {
    vi.stubGlobal("fetch", answer(34));
    const { map } = site();
    const way = document.querySelector<HTMLElement>("[data-map='nearest']");
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("0 / 34"));
    expect(way?.hidden).toBe(false);
    map.rendered = [{ id: 1, properties: {} }];
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("1 / 34"));
    expect(way?.hidden).toBe(true);
  });

  it("shows no way where there is nothing to go to", async () => {
    vi.stubGlobal("fetch", answer(0));
    const { map } = site();
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("0 / 0"));
    expect(document.querySelector<HTMLElement>("[data-map='nearest']")?.hidden).toBe(true);
  });

  it("goes to the nearest, says its name and keeps the focus on the map", async () => {
    const feature = {
      properties: { name: "古林站" },
      geometry: { type: "Point", coordinates: [121.352, 29.85] },
    };
    const fetched = vi.fn(async () => Response.json({ count: 34, features: [feature] }));
    vi.stubGlobal("fetch", fetched);
    const { map, follow } = site();
    const by = new Event("click");
    const flown = vi.fn();
    Object.assign(map, {
      getCenter: () => ({ lng: 121.35, lat: 29.85 }),
      getContainer: () => document.body,
      getCanvas: () => document.querySelector("canvas"),
      flyTo: flown,
    });
    map.fire("idle");
    await vi.waitFor(() => expect(counts()).toContain("0 / 34"));
    await follow.nearest(by);
    const [to, event] = flown.mock.calls[0] as [{ center: unknown; zoom: number }, unknown];
    expect(to.center).toEqual([121.352, 29.85]);
    expect(to.zoom).toBe(12);
    expect(event).toEqual({ originalEvent: by });
    const asked = fetched.mock.calls.at(-1) as unknown as [string];
    expect(asked[0]).toContain("/api/v1/stations/?kind=town&in_bbox=");
    expect(document.querySelector("#live")?.textContent).toMatch(/古林站.*193 m/);
    expect(document.activeElement).toBe(document.querySelector("canvas"));
  });
});
