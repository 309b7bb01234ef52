/** The map: made once, alive while pages come and go in the panel. It is the only module that owns the map object. */
import {
  AttributionControl,
  Map as LibreMap,
  LngLatBounds,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "virtual:map-worker";
import { debounce, one } from "../dom";
import { currentTheme } from "../tokens";
import { say } from "../words";
import type { AreaDrawing } from "./area-drawing";
import { markArrival, reliefWhenIdle, withoutRelief } from "./arrival";
import { dressBase } from "./base-switch";
import { watchFailures } from "./failures";
import type { MapFeature } from "./feature";
import { sourcesOf } from "./feature";
import { FEATURES } from "./features";
import { Follow } from "./follow";
import { freePadding } from "./free";
import type { Habits } from "./habits";
import { fillLegends, LoadedLayers, loadedFeature, showDraftLegend } from "./loaded";
import { drawNamesInTurns } from "./names-in-turns";
import { hideNotice, showNotice } from "./notices";
import { drawOwnArea, ownBounds } from "./own-area";
import { Picker } from "./pick";
import { Pointer } from "./pointer";
import { drawWalked, LEAST_ZOOM, showPreview, sketch } from "./preview";
import { bindRasterValues, showRasterPicture } from "./rasters";
import { refreshAll, refreshTileset } from "./refresh";
import type { Ring } from "./rings";
import { Selection } from "./selection";
import { fetchStyle, fetchTitles, styleAddress } from "./site-style";
import { TimeBar } from "./time";
import { bindTools } from "./tools";
import { type FeatureRef, parseFeatureRefs, parseMapState, writeMapState } from "./url-state";
import { Visibility } from "./visibility";

const DETAIL_ZOOM = 13.5;
const FITTED_MARGIN = 48;
const FALLBACK_BOUNDS: [number, number, number, number] = [73.5, 18.0, 135.1, 53.6];

setWorkerUrl(workerUrl);

export class MapIsland {
  readonly picker: Picker;
  readonly time: TimeBar;
  private readonly pointer: Pointer;
  private readonly selection: Selection;
  private readonly visibility: Visibility;
  private readonly follow: Follow;
  private readonly loaded: LoadedLayers;
  private titles = new Map<string, string>();
  /** A camera that is not the page's own belongs into the address. */
  private moved = false;
  private pin: [lng: number, lat: number] | undefined;
  /** What the address lights, where the page lights nothing itself. */
  private asked: FeatureRef | undefined;
  private habits: Promise<Habits> | undefined;
  private theme = currentTheme();
  /** The style is whole; while another comes, what asks for its layers waits for `style.load`, which dresses all. */
  private styled = true;
  /** What the page wants first has come; names of layers and what changed since may be asked for. */
  private settled = false;

  constructor(
    private readonly map: LibreMap,
    private readonly holder: HTMLElement,
  ) {
    const state = parseMapState(location.search);
    this.moved = state.camera !== undefined;
    const remember = (): void => this.writeAddress();
    this.time = new TimeBar(() => this.monthChanged());
    const at = (): string | undefined => this.time.at;
    this.selection = new Selection(map);
    this.loaded = new LoadedLayers(map);
    this.visibility = new Visibility(map, () => this.kinds(), state.layers, remember, at);
    const shown = (): MapFeature[] => this.visibility.shown();
    this.pointer = new Pointer(map, this.selection, shown);
    this.follow = new Follow(map, shown, state.follow ?? false, remember, at);
    this.picker = new Picker(map, this.pointer);
    bindRasterValues(map);
    bindTools(map, {
      home: (originalEvent) =>
        map.fitBounds(
          ownBounds(holder.dataset) ?? homeBounds(map),
          { padding: freePadding(holder) },
          { originalEvent },
        ),
      nearest: (originalEvent) => void this.follow.nearest(originalEvent),
      habit: (action) => void this.tools().then((tools) => tools.do(action)),
    });
    map.on("moveend", (event) => {
      // Flights to what a page shows are the page's address already; the reader's moves are noted, buttons' too.
      if (event.originalEvent) this.moved = true;
      if (this.moved) this.rememberCamera();
    });
    document.addEventListener("map:points", () => this.visibility.pointsCame(), { once: true });
    map.on("zoomend", () => this.visibility.dressLegend());
    watchFailures(map, () => this.tilesFailed());
    map.on("style.load", () => this.dressStyle());
    if (map.isStyleLoaded()) this.dressStyle();
    drawOwnArea(map, holder.dataset); // the style is there, its tiles perhaps not
    this.page();
    map.once("idle", () => {
      this.visibility.pointsCame();
      this.settled = true;
      void this.findLoaded();
      if (state.pin) void this.tools().then((tools) => tools.place(state.pin as [number, number]));
    });
    map.on("contextmenu", ({ lngLat }) => {
      if (!this.pointer.paused)
        void this.tools().then((tools) => tools.place([lngLat.lng, lngLat.lat]));
    });
  }

  private kinds(): readonly MapFeature[] {
    return [
      ...this.loaded.entries.map(loadedFeature),
      ...FEATURES.filter(({ source }) => this.map.getSource(source)),
    ];
  }

  /** The panel shows another page: other things stand out, another place is open. */
  page(restored = false): void {
    if (!this.styled) {
      this.map.once("style.load", () => this.page(restored));
      return;
    }
    this.time.page(restored);
    this.visibility.apply();
    this.follow.dress();
    this.follow.forgetTotals();
    const opened = one("#panel [data-select]");
    const named = parseFeatureRefs(opened?.dataset.select);
    const state = parseMapState(location.search);
    const asked = state.selected;
    this.selection.select(named.length > 0 ? named : asked ? [asked] : []);
    this.asked = named.length > 0 ? undefined : asked;
    this.selection.repaint();
    // An address that was sent says where to look; a page that is opened says it itself.
    const isSent = (restored || !this.settled) && state.camera !== undefined;
    if (opened && !isSent) this.goTo(opened);
    for (const element of document.querySelectorAll<HTMLElement>("#panel [data-refresh-tiles]")) {
      this.refresh(element.dataset.refreshTiles ?? "");
    }
    void showPreview(this.map);
    showRasterPicture(this.map);
    if (this.settled) void this.findLoaded();
    this.showDraft();
    dressFilterButton();
    if (this.moved || this.time.at) this.writeAddress();
  }

  /** Symbols, figures and the page's own parts of another month; the page, its place and the focus stay. */
  private monthChanged(): void {
    this.writeAddress();
    this.visibility.apply();
    void this.follow.month();
  }

  /** The track of the running patrol so far. */
  live(line: [number, number][]): void {
    drawWalked(this.map, line);
  }

  hover(ref: FeatureRef | undefined): void {
    this.selection.set("hover", ref);
  }

  /** Show the newest tiles of the tilesets named in `names` (blank-separated); of all things when none is named. */
  refresh(names: string): void {
    const named = names.split(/[\s,]+/).filter(Boolean);
    const sources = named.length > 0 ? named : FEATURES.map(({ source }) => source);
    for (const name of sources) {
      const kind = FEATURES.find(({ source }) => source === name);
      for (const source of kind ? sourcesOf(kind) : [name]) refreshTileset(this.map, source);
    }
    this.follow.forgetTotals();
    this.selection.repaint();
  }

  /** The reader went back or forward: the camera of that address, if it has one. */
  restore(): void {
    const { camera } = parseMapState(location.search);
    if (camera) this.map.jumpTo({ center: camera, zoom: camera.zoom });
    this.page(true);
  }

  focus(): void {
    this.map.getCanvas().focus();
  }

  /** Another theme: another style, the same map. */
  async setTheme(): Promise<void> {
    const theme = currentTheme();
    if (theme === this.theme) return;
    this.theme = theme;
    const style = await fetchStyle(styleAddress(this.holder));
    this.styled = false;
    this.map.setStyle(style, { diff: false });
  }

  /** Draw what is being drawn in a form on top of the page's preview. */
  sketch(features: GeoJSON.Feature[]): void {
    sketch(this.map, features);
  }

  /** Measuring, places, months side by side: fetched when somebody asks for the first of them. */
  private tools(): Promise<Habits> {
    this.habits ??= import("./habits").then(
      ({ Habits }) =>
        new Habits({
          map: this.map,
          region: one("#map-region") ?? this.holder,
          pause: (on) => {
            this.pointer.paused = on;
          },
          shown: () => this.visibility.shown().map(({ source }) => source),
          at: () => this.time.at,
          pinned: (place) => {
            this.pin = place;
            this.writeAddress();
          },
        }),
    );
    return this.habits;
  }

  /** Let areas be drawn and changed; clicks belong to the drawing until it stops. */
  async drawAreas(rings: Ring[], changed: (rings: Ring[]) => void): Promise<AreaDrawing> {
    const { AreaDrawing } = await import("./area-drawing");
    this.pointer.paused = true;
    const drawing = new AreaDrawing(this.map, rings, changed);
    const stop = drawing.stop.bind(drawing);
    drawing.stop = () => {
      stop();
      this.pointer.paused = false;
    };
    return drawing;
  }

  /** Draw the style editor's draft while its page is open, and the layer's own style after that. */
  showDraft(): void {
    const holder = one("[data-style-layers]");
    const drawn = JSON.parse(holder?.dataset.styleLayers ?? "{}") as Record<string, never[]>;
    const id = holder?.dataset.styleFor;
    if (!this.loaded.draft(id, drawn[this.theme] ?? drawn.light ?? [])) return;
    showDraftLegend(id, one("#style-legend"));
    this.visibility.forget(`${id ?? ""}:`);
    this.visibility.apply();
    this.selection.repaint();
  }

  private dressStyle(): void {
    this.styled = true;
    dressBase(this.map);
    this.visibility.reset();
    this.loaded.adopt(this.map.getStyle());
    this.visibility.draw(this.allTitles());
    this.visibility.apply();
    this.selection.repaint();
    drawOwnArea(this.map, this.holder.dataset);
    this.showDraft();
    void fillLegends();
  }

  private allTitles(): Map<string, string> {
    const own = this.loaded.entries.map(({ id, title }): [string, string] => [id, title]);
    return new Map([...this.titles, ...own]);
  }

  private async findLoaded(): Promise<void> {
    if (this.titles.size === 0) this.titles = await fetchTitles();
    const changed = await this.loaded.refresh(styleAddress(this.holder), () => this.styled);
    if (!this.styled) return; // another theme's style comes with all of it
    if (changed) this.visibility.reset();
    this.visibility.draw(this.allTitles());
    this.visibility.apply();
    if (changed) this.showDraft();
    void fillLegends();
  }

  private goTo(opened: HTMLElement): void {
    const free = freePadding(this.holder, FITTED_MARGIN);
    const box = (opened.dataset.bbox ?? "").split(",").map(Number);
    if (box.length === 4 && box.every(Number.isFinite)) {
      const [west, south, east, north] = box as [number, number, number, number];
      const fitted = { padding: free, maxZoom: 16 };
      this.map.fitBounds(
        [west, south, east, north],
        this.settled ? fitted : { ...fitted, linear: true, duration: 0 },
      );
      return;
    }
    const { lng, lat } = opened.dataset;
    if (!lng || !lat) return;
    const there = {
      center: [Number(lng), Number(lat)] as [number, number],
      zoom: Math.max(this.map.getZoom(), DETAIL_ZOOM),
      offset: [(free.left - free.right) / 2, (free.top - free.bottom) / 2] as [number, number],
    };
    // A map that begins here begins there, without the tiles of where it would come from.
    if (this.settled) this.map.flyTo({ ...there, duration: 900 });
    else this.map.easeTo({ ...there, duration: 0 });
  }

  private rememberCamera = debounce(() => this.writeAddress(), 200);

  private writeAddress(): void {
    const { lng, lat } = this.map.getCenter();
    const search = writeMapState(location.search, {
      ...(this.moved ? { camera: { lng, lat, zoom: this.map.getZoom() } } : {}),
      layers: this.visibility.choice,
      at: this.time.at,
      follow: this.follow.on,
      ...(this.pin ? { pin: this.pin } : {}),
      ...(this.asked ? { selected: this.asked } : {}),
    });
    const address = location.pathname + search + location.hash;
    if (address !== location.pathname + location.search + location.hash) {
      history.replaceState(history.state, "", address);
    }
  }

  private tilesFailed(): void {
    showNotice(say("map.failed"), {
      label: say("map.retry"),
      run: () => {
        hideNotice();
        refreshAll(this.map);
      },
    });
  }
}

/** The map's filter button is there where the page has filters. */
function dressFilterButton(): void {
  const button = one("[data-map='filter']");
  if (button) button.hidden = one("#panel details.filters") === null;
}

function homeBounds(map: LibreMap): LngLatBounds {
  const { bounds } = (map.getStyle().metadata ?? {}) as {
    bounds?: [number, number, number, number];
  };
  return LngLatBounds.convert(bounds ?? FALLBACK_BOUNDS);
}

/** Make the map in `holder`. */
export async function createIsland(holder: HTMLElement): Promise<MapIsland> {
  const style = withoutRelief(await fetchStyle(styleAddress(holder)));
  const { camera } = parseMapState(location.search);
  const bounds = (style.metadata as { bounds?: [number, number, number, number] })?.bounds;
  const map = new LibreMap({
    container: holder,
    style,
    ...(camera
      ? { center: camera, zoom: camera.zoom }
      : {
          bounds: ownBounds(holder.dataset) ?? bounds ?? FALLBACK_BOUNDS,
          fitBoundsOptions: { padding: freePadding(holder) },
        }),
    minZoom: LEAST_ZOOM,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    localIdeographFontFamily: "PingFang SC, Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei",
    locale: { "Map.Title": one("#map-region")?.getAttribute("aria-label") ?? "" },
  });
  drawNamesInTurns(map);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-left");
  if (document.documentElement.hasAttribute("data-testing")) window.__map = map;
  await new Promise<void>((resolve) => map.once("style.load", () => resolve()));
  holder.dataset.ready = "";
  markArrival(map);
  reliefWhenIdle(map);
  return new MapIsland(map, holder);
}
