// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MapFeature } from "../src/map/feature";
import { Visibility } from "../src/map/visibility";
import { FakeMap } from "./fake-map";

const STATIONS: MapFeature = {
  source: "stations",
  api: "/api/v1/stations/",
  listPath: /^\/stations\/$/,
  shownOn: (path) => path === "/" || path.startsWith("/stations/"),
  tileFilters: { kind: "text" },
  serverFilters: ["q"],
};
const PROJECTS: MapFeature = { source: "projects", shownOn: (path) => path === "/" };

function site(chosen?: string[]) {
  const map = new FakeMap([
    { id: "stations", source: "stations" },
    { id: "stations-label", source: "stations" },
    { id: "projects", source: "projects" },
  ]);
  map.filters.set("stations-label", ["has", "name"]);
  const changed = vi.fn();
  const visibility = new Visibility(map.asMap, () => [STATIONS, PROJECTS], chosen, changed);
  return { map, visibility, changed };
}

function open(address: string): void {
  history.replaceState(null, "", address);
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("what the map shows", () => {
  beforeEach(() => {
    document.body.innerHTML = '<div id="panel"></div><div data-layer-list></div>';
    open("/stations/");
  });

  afterEach(() => vi.unstubAllGlobals());

  it("is what the page is about, names and halos too", () => {
    const { map, visibility } = site();
    visibility.apply();
    expect([map.visible("stations"), map.visible("stations-label")]).toEqual([true, true]);
    expect(map.visible("projects")).toBe(false);
  });

  it("is the reader's own choice where she has made one", () => {
    const { map, visibility } = site(["projects"]);
    visibility.apply();
    expect([map.visible("stations"), map.visible("projects")]).toEqual([false, true]);
  });

  it("is only what the page names as all there is to see", async () => {
    const { map, visibility } = site();
    const panel = document.querySelector("#panel");
    panel?.append(Object.assign(document.createElement("span"), { id: "map-only" }));
    const only = document.querySelector("#map-only");
    if (only) only.textContent = '{"projects": [7]}';
    visibility.apply();
    await settled();
    expect(map.visible("stations")).toBe(false);
    expect(map.filters.get("projects")).toEqual(["in", ["id"], ["literal", [7]]]);
  });

  it("switches by the card, keeps the choice and says that it changed", () => {
    const { map, visibility, changed } = site();
    visibility.draw(new Map([["projects", "民生实事"]]));
    const box = document.querySelector<HTMLInputElement>("input[value='projects']");
    expect(box?.parentElement?.textContent).toBe("民生实事");
    box?.click();
    expect(map.visible("projects")).toBe(true);
    expect(visibility.choice?.sort()).toEqual(["projects", "stations"]);
    expect(changed).toHaveBeenCalledOnce();
  });

  it("adds what a tile can answer to a layer's own filter, and takes it away again", async () => {
    open("/stations/?kind=town");
    const { map, visibility } = site();
    visibility.apply();
    await settled();
    const rule = ["all", ["in", ["get", "kind"], ["literal", ["town"]]]];
    expect(map.filters.get("stations-label")).toEqual(["all", ["has", "name"], rule]);
    open("/stations/");
    visibility.apply();
    await settled();
    expect(map.filters.get("stations-label")).toEqual(["has", "name"]);
  });

  it("asks the API for what tiles do not carry, page after page", async () => {
    open("/stations/?q=古林");
    const answers = [
      { next: "/api/v1/stations/?page=2", features: [{ id: 3 }] },
      { next: null, features: [{ id: 5 }] },
    ];
    const fetched = vi.fn(async () => Response.json(answers.shift()));
    vi.stubGlobal("fetch", fetched);
    const { map, visibility } = site();
    visibility.apply();
    await vi.waitFor(() =>
      expect(map.filters.get("stations")).toEqual(["in", ["id"], ["literal", [3, 5]]]),
    );
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it("shows everything rather than nothing when the API does not answer", async () => {
    open("/stations/?q=古林");
    vi.stubGlobal("fetch", async () => new Response("", { status: 503 }));
    const { map, visibility } = site();
    visibility.apply();
    await settled();
    expect(map.filters.get("stations")).toBeNull();
  });

  it("forgets an answer that a newer question has overtaken", async () => {
    let late: (answer: Response) => void = () => undefined;
    const slow = new Promise<Response>((resolve) => {
      late = resolve;
    });
    const answers = [slow, Promise.resolve(Response.json({ next: null, features: [{ id: 2 }] }))];
    vi.stubGlobal("fetch", () => answers.shift());
    open("/stations/?q=one");
    const { map, visibility } = site();
    visibility.apply();
    await settled();
    open("/stations/?q=two");
    visibility.apply();
    await settled();
    late(Response.json({ next: null, features: [{ id: 1 }] }));
    await settled();
    expect(map.filters.get("stations")).toEqual(["in", ["id"], ["literal", [2]]]);
  });

  it("lets other kinds stand back, without names, while a filter asks for one", () => {
    open("/stations/?kind=town");
    const { map, visibility } = site(["stations", "projects"]);
    map.layers.push({ id: "projects-label", source: "projects" });
    for (const layer of map.layers) layer.type = "symbol";
    visibility.apply();
    expect(map.paint.get("projects.icon-opacity")).toBeLessThan(0.5);
    expect(map.visible("projects-label")).toBe(false);
    expect(map.paint.get("stations.icon-opacity")).toBe(1);
    expect(map.visible("stations-label")).toBe(true);
    open("/stations/");
    visibility.apply();
    expect(map.paint.get("projects.icon-opacity")).toBe(1);
  });

  it("explains in the legend what is drawn at this zoom, and nothing else", () => {
    document.body.insertAdjacentHTML(
      "beforeend",
      `<i data-legend-for="stations"></i><i data-legend-for="projects"></i>
       <i data-legend-for="stations" data-legend-minzoom="14"></i>`,
    );
    const { visibility } = site();
    visibility.apply();
    const hidden = [...document.querySelectorAll<HTMLElement>("i")].map((part) => part.hidden);
    expect(hidden).toEqual([false, true, true]);
  });
});
