// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const createIsland = vi.hoisted(() => vi.fn(async () => ({ name: "map" })));
vi.mock("../src/map/island", () => ({ createIsland }));

/** A fresh copy of the module: it makes the map once. */
async function startMap() {
  vi.resetModules();
  return (await import("../src/map/bridge")).startMap();
}

describe("the map's code", () => {
  let idle: (() => void)[] = [];
  let state: DocumentReadyState = "loading";

  beforeEach(() => {
    idle = [];
    state = "loading";
    createIsland.mockClear();
    vi.stubGlobal("requestIdleCallback", (run: () => void) => idle.push(run));
    vi.spyOn(document, "readyState", "get").mockImplementation(() => state);
    vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    vi.spyOn(performance, "getEntriesByName").mockReturnValue([{} as PerformanceEntry]); // painted
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({} as never);
  });

  afterEach(() => {
    document.documentElement.classList.remove("no-map");
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("starts at the first paint where the map is what the reader came for", async () => {
    document.body.innerHTML = '<div id="map" data-first></div>';
    await startMap();
    expect(createIsland).toHaveBeenCalledOnce();
  });

  it("is not fetched where the device cannot draw it; links to the lists stand in its place at once", async () => {
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
    document.body.innerHTML =
      '<div id="map"></div><template id="no-webgl"><a href="/river/">河道</a></template>';
    expect(await startMap()).toBeUndefined();
    expect(document.querySelector("#map a")?.textContent).toBe("河道");
    expect(document.documentElement.classList).toContain("no-map");
    expect(createIsland).not.toHaveBeenCalled();
  });

  it("waits on other pages until their own files are there and the processor is free", async () => {
    document.body.innerHTML = '<div id="map"></div>';
    const map = startMap();
    await vi.dynamicImportSettled();
    expect(idle).toHaveLength(0);
    state = "complete";
    window.dispatchEvent(new Event("load"));
    await vi.waitFor(() => expect(idle).toHaveLength(1));
    expect(createIsland).not.toHaveBeenCalled();
    idle[0]?.();
    expect(await map).toEqual({ name: "map" });
  });

  it("does not wait for a picture that never comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    document.body.innerHTML = '<div id="map"></div>';
    const map = startMap();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await vi.advanceTimersByTimeAsync(3000);
    await vi.waitFor(() => expect(idle).toHaveLength(1));
    idle[0]?.();
    vi.useRealTimers();
    expect(await map).toBeDefined();
  });

  describe("on a phone, behind a page of text", () => {
    const covered =
      '<div class="shell" data-sheet="full"><div id="map"></div><div id="sheet"><div id="panel-host"></div></div></div>';

    beforeEach(() => {
      state = "complete";
      vi.stubGlobal("requestIdleCallback", (run: () => void) => run());
      vi.stubGlobal("matchMedia", () => ({ matches: true }));
      vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue({
        width: innerWidth,
      } as DOMRect);
      document.body.innerHTML = covered;
    });

    const shell = () => document.querySelector(".shell") as HTMLElement;
    const sheet = () => document.querySelector("#sheet") as HTMLElement;

    it.each([
      ["the sheet is lowered", () => (shell().dataset.sheet = "half")],
      ["the sheet is dragged", () => (sheet().dataset.dragging = "")],
      [
        "a page comes that shows something on it",
        () => {
          const host = document.querySelector("#panel-host") as HTMLElement;
          host.innerHTML = '<div id="panel" data-preview-src="/x"></div>';
        },
      ],
    ])("it is fetched when %s", async (_when, happen) => {
      const map = startMap();
      await vi.dynamicImportSettled();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(createIsland).not.toHaveBeenCalled();
      happen();
      expect(await map).toEqual({ name: "map" });
    });

    it("it is fetched where the screen is wide", async () => {
      vi.stubGlobal("matchMedia", () => ({ matches: false }));
      expect(await startMap()).toEqual({ name: "map" });
    });
  });

  it("is not fetched for a page without a place for it", async () => {
    document.body.innerHTML = "<p></p>";
    expect(await startMap()).toBeUndefined();
    expect(createIsland).not.toHaveBeenCalled();
  });
});
