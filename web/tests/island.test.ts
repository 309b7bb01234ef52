// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeMap } from "./fake-map";

const made = vi.hoisted(() => ({
  options: [] as Record<string, unknown>[],
  maps: [] as unknown[],
}));

vi.mock("../src/panel/htmx", () => ({ default: { ajax: vi.fn(), process: vi.fn() } }));
vi.mock("maplibre-gl", () => {
  class Nothing {
    on(): this {
      return this;
    }
    remove(): this {
      return this;
    }
    isEmpty(): boolean {
      return true;
    }
    static convert(box: unknown): unknown {
      return box;
    }
  }
  return {
    AttributionControl: Nothing,
    LngLatBounds: Nothing,
    Marker: Nothing,
    Popup: Nothing,
    ScaleControl: Nothing,
    addProtocol: vi.fn(),
    setWorkerUrl: vi.fn(),
    // A function, for the module calls it with `new`.
    Map: function LibreMap(options: Record<string, unknown>) {
      made.options.push(options);
      return made.maps.at(-1);
    },
  };
});

const { createIsland } = await import("../src/map/island");

const STYLE = {
  version: 8,
  sources: {},
  layers: [],
  metadata: { bounds: [121.1, 29.6, 121.6, 30] },
};

/** What the island asks of a map besides layers and filters. */
class District extends FakeMap {
  flights: unknown[] = [];
  centre = { lng: 121.5, lat: 29.87 };
  touchZoomRotate = { disableRotation: vi.fn() };
  keyboard = { disableRotation: vi.fn() };
  style = {
    glyphManager: new (class {
      _drawGlyph = vi.fn();
    })(),
  };
  addControl = vi.fn();
  flyTo = (to: unknown): void => void this.flights.push(to);
  easeTo = (to: unknown): void => void this.flights.push(to);
  fitBounds = (box: unknown): void => void this.flights.push(box);
  setMinZoom = (): void => {};
  jumpTo = (to: unknown): void => void this.flights.push(to);
  getStyle = () => STYLE;
  getCenter = () => this.centre;
  isStyleLoaded = (): boolean => true;
  getCanvas = (): HTMLElement => document.createElement("canvas");
  once(_event: string, listener: () => void): this {
    listener();
    return this;
  }
  move(originalEvent?: Event): void {
    for (const listener of this.of("moveend")) listener({ originalEvent });
  }
}

function open(address: string, page = ""): HTMLElement {
  history.replaceState(null, "", address);
  document.body.innerHTML = `<div id="map" data-style="/styles/district.json"></div>
    <div id="panel">${page}</div>`;
  return document.querySelector("#map") as HTMLElement;
}

async function island(address: string, page = "") {
  const map = new District([]);
  made.maps.push(map);
  const holder = open(address, page);
  return { map, island: await createIsland(holder), holder };
}

describe("the map", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.stubGlobal("fetch", async (address: string) =>
      Response.json(address.startsWith("/tiles/") ? { tilesets: [] } : STYLE),
    );
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("begins with the whole district, or where the address says", async () => {
    await island("/map/");
    expect(made.options.at(-1)?.bounds).toEqual(STYLE.metadata.bounds);
    await island("/map/?c=121.45,29.85&z=14");
    const options = made.options.at(-1);
    expect(options?.bounds).toBeUndefined();
    expect(options?.zoom).toBe(14);
  });

  it("writes the camera into the address once the reader has moved it, not for a page's own flight", async () => {
    const { map } = await island("/map/");
    map.move();
    vi.advanceTimersByTime(500);
    expect(location.search).not.toContain("29.87");
    map.move(new Event("mouseup"));
    vi.advanceTimersByTime(500);
    expect(decodeURIComponent(location.search)).toContain("29.87");
  });

  it("goes to what a page shows: a place, or a box", async () => {
    const point =
      '<article data-select="monitoring_points/7" data-lng="121.4" data-lat="29.8"></article>';
    const { map } = await island("/river/points/P7/", point);
    expect(map.flights.at(-1)).toMatchObject({ center: [121.4, 29.8] });
    const box = '<article data-select="projects/3" data-bbox="121.3,29.7,121.4,29.8"></article>';
    const other = await island("/projects/P3/", box);
    expect(other.map.flights.at(-1)).toEqual([121.3, 29.7, 121.4, 29.8]);
  });

  it("asks nothing of the map while another theme's style comes", async () => {
    const point = '<div data-select="monitoring_points:7" data-lng="121.5" data-lat="29.9"></div>';
    const { map, island: open } = await island("/river/points/P7/", point);
    const waiting: (() => void)[] = [];
    map.once = (_event: string, listener: () => void) => {
      waiting.push(listener);
      return map;
    };
    Object.assign(map, { setStyle: vi.fn() });
    document.documentElement.dataset.theme = "dark";
    await open?.setTheme();
    map.flights = [];
    open?.page();
    expect([map.flights.length, waiting.length]).toEqual([0, 1]);
    map.fire("style.load");
    waiting[0]?.();
    expect(map.flights).toHaveLength(1);
    delete document.documentElement.dataset.theme;
  });

  it("says that a tile did not come, once for a burst of them", async () => {
    const { map } = await island("/map/");
    document.body.insertAdjacentHTML("beforeend", '<div id="map-notice" hidden></div>');
    for (let turn = 0; turn < 5; turn += 1) map.fire("error");
    vi.advanceTimersByTime(1000);
    const notice = document.querySelector("#map-notice") as HTMLElement;
    expect(notice.hidden).toBe(false);
    expect(notice.querySelectorAll("button")).toHaveLength(1);
  });
});
