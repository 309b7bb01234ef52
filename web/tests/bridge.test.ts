// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const createIsland = vi.hoisted(() => vi.fn(async () => ({ name: "map" })));
vi.mock("../src/map/island", () => ({ createIsland }));

/** A fresh copy of the module: it makes the map once. */
async function bridge() {
  vi.resetModules();
  return await import("../src/map/bridge");
}

/** As somebody does who needs the map; a page that opens offers it. */
async function startMap() {
  return (await bridge()).offerMap();
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

  describe("on a phone that has a picture of the map", () => {
    const pictured = `<section id="map-region"><div id="map"></div><svg class="first-picture"><a></a></svg>
      <button data-map="layers"></button></section>`;
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
    const region = () => document.querySelector("#map-region") as HTMLElement;

    beforeEach(() => {
      state = "complete";
      vi.stubGlobal("requestIdleCallback", (run: () => void) => run());
      vi.stubGlobal("matchMedia", (asked: string) => ({ matches: asked === "(hover: none)" }));
      document.head.innerHTML = "";
      document.body.innerHTML = pictured;
    });

    afterEach(() => {
      vi.useRealTimers();
      document.head.innerHTML = "";
    });

    it.each(["pointerdown", "wheel", "keydown"])("it comes at the first %s on it", async (kind) => {
      const map = startMap();
      await settled();
      expect(createIsland).not.toHaveBeenCalled();
      document.querySelector("a")?.dispatchEvent(new Event(kind, { bubbles: true }));
      expect(await map).toEqual({ name: "map" });
    });

    it("it comes at once for what needs it", async () => {
      const { offerMap, startMap: need } = await bridge();
      void offerMap();
      await settled();
      expect(createIsland).not.toHaveBeenCalled();
      expect(await need()).toEqual({ name: "map" });
    });

    it("it comes to who looks on, its files before that", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      document.head.innerHTML =
        '<link data-map-file rel="modulepreload" href="/a.js" media="(hover: hover)">' +
        '<link data-map-file rel="modulepreload" href="/b.js" media="(width < 0px)">' +
        '<link rel="preload" href="/style.json" media="(hover: hover) and (prefers-color-scheme: dark)">';
      const map = startMap();
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
      const medias = [...document.querySelectorAll("link")].map((link) => link.media);
      expect(medias.slice(0, 2)).toEqual(["all", "all"]);
      expect(medias[2]).toContain("hover"); // small, and the browser warns of what it fetched for nothing
      await vi.advanceTimersByTimeAsync(7000);
      expect(createIsland).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1000);
      vi.useRealTimers();
      expect(await map).toBeDefined();
    });

    it("a tool that is pressed before does its work once it can", async () => {
      const tool = document.querySelector("button") as HTMLElement;
      const presses = vi.fn();
      tool.addEventListener("click", presses);
      const map = startMap();
      await settled();
      tool.dispatchEvent(new Event("pointerdown", { bubbles: true }));
      tool.click();
      await map;
      expect(presses).toHaveBeenCalledTimes(2);
      region().click();
      expect(presses).toHaveBeenCalledTimes(2);
    });

    it("nothing waits where the picture is not shown, or a mouse is there", async () => {
      document.querySelector("svg")?.setAttribute("style", "display: none");
      expect(await startMap()).toBeDefined();
      document.body.innerHTML = pictured;
      vi.stubGlobal("matchMedia", () => ({ matches: false }));
      expect(await startMap()).toBeDefined();
    });
  });

  it("is not fetched for a page without a place for it", async () => {
    document.body.innerHTML = "<p></p>";
    expect(await startMap()).toBeUndefined();
    expect(createIsland).not.toHaveBeenCalled();
  });
});
