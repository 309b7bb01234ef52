/**
 * What a page has to show on the main map: `data-preview-src` names GeoJSON to draw and to go to. The property
 * `kind` says how: each kind has a line or a dot of its own as well as a colour.
 */
import type { Feature, GeoJSON } from "geojson";
import {
  type ExpressionSpecification,
  type FilterSpecification,
  type GeoJSONSource,
  type Map as LibreMap,
  LngLatBounds,
} from "maplibre-gl";
import { isPhone, one } from "../dom";
import { setSheet } from "../panel/sheet";
import { mapColour } from "../tokens";
import { freePadding } from "./free";
import { showWorld } from "./world";

const SOURCE = "preview";
/** What lies far from where it should is shown among the coasts around it. */
const FAR_ZOOM = 2.5;
/** The district as a whole; only what a page shows on top of it may lie anywhere in the world. */
export const LEAST_ZOOM = 7;
const NOTHING: GeoJSON = { type: "FeatureCollection", features: [] };

interface Look {
  kinds: string[];
  /** A design value of the theme (`ui/tokens.json`). */
  colour: string;
  width: number;
  dash?: [number, number];
  hollow: boolean;
  fill: number;
  opacity?: number;
  /** Pixels of a dot, where it is not the usual one. */
  radius?: number;
  /** Property that holds a colour of the feature's own: the classes of an answer. */
  fillBy?: string;
}

// Drawn in this order: what goes or was lies below what comes.
const LOOKS: Record<string, Look> = {
  zone: {
    kinds: ["zone"],
    colour: "text-muted",
    width: 1,
    hollow: false,
    fill: 0.65,
    fillBy: "fill",
  },
  // Where a file would lie in each coordinate system that could be its own.
  elsewhere: {
    kinds: ["elsewhere"],
    colour: "text-muted",
    width: 2,
    dash: [4, 2],
    hollow: true,
    fill: 0.1,
  },
  inside: { kinds: ["inside"], colour: "ok", width: 3, hollow: true, fill: 0.15 },
  // Rows of an upload that are not drawn as shapes, or are smaller than a pixel.
  place: { kinds: ["place"], colour: "measure", width: 1, hollow: false, fill: 0, radius: 2.5 },
  served: { kinds: ["served"], colour: "place", width: 2, hollow: false, fill: 0.12 },
  before: {
    kinds: ["before"],
    colour: "text-muted",
    width: 5,
    hollow: true,
    fill: 0,
    opacity: 0.45,
  },
  gone: {
    kinds: ["missing", "rejected"],
    colour: "bad",
    width: 3,
    dash: [0.2, 1.8],
    hollow: true,
    fill: 0.08,
  },
  row: { kinds: ["row"], colour: "measure", width: 2, hollow: false, fill: 0.25 },
  changed: {
    kinds: ["changed", "repaired"],
    colour: "warn",
    width: 2.5,
    dash: [4, 2],
    hollow: false,
    fill: 0.15,
  },
  track: { kinds: ["track"], colour: "track", width: 4, hollow: false, fill: 0 },
  doubted: { kinds: ["doubted"], colour: "bad", width: 1, hollow: true, fill: 0 },
  found: { kinds: ["found"], colour: "warn", width: 2, hollow: false, fill: 0 },
  new: { kinds: ["new"], colour: "ok", width: 2.5, hollow: false, fill: 0.25 },
};

function extend(bounds: LngLatBounds, coordinates: unknown): void {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") bounds.extend([coordinates[0], coordinates[1] as number]);
  else for (const part of coordinates) extend(bounds, part);
}

/** The box around everything in a GeoJSON object; empty when nothing has a place. */
export function boundsOf(data: GeoJSON): LngLatBounds {
  const bounds = new LngLatBounds();
  if (data.type === "FeatureCollection") {
    for (const { geometry } of data.features) {
      if (geometry && "coordinates" in geometry) extend(bounds, geometry.coordinates);
    }
  } else if ("coordinates" in data) extend(bounds, data.coordinates);
  return bounds;
}

/** `w,s,e,n` as numbers; undefined for anything else. */
export function parseBox(text: string | undefined): [number, number, number, number] | undefined {
  const box = (text ?? "").split(",").map(Number);
  if (!text || box.length !== 4 || !box.every(Number.isFinite)) return undefined;
  return box as [number, number, number, number];
}

/** A box and its name, for a place that is tried and not among what the page draws. */
export function named([w, s, e, n]: [number, number, number, number], label: string): Feature[] {
  const ring = [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
  const kind = "elsewhere";
  return [
    { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties: { kind } },
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [(w + e) / 2, (s + n) / 2] },
      properties: { kind, label },
    },
  ];
}

function onlyKinds(kinds: string[], type: "Point" | "Polygon" | "line"): FilterSpecification {
  const kind: ExpressionSpecification = ["coalesce", ["get", "kind"], "row"];
  const geometry: ExpressionSpecification =
    type === "line" ? ["!=", ["geometry-type"], "Point"] : ["==", ["geometry-type"], type];
  return ["all", ["in", kind, ["literal", kinds]], geometry];
}

function addLook(map: LibreMap, name: string, look: Look): void {
  const { kinds, width, dash, hollow, fill, opacity = 1, fillBy, radius = 5.5 } = look;
  const colour = mapColour(look.colour);
  const halo = mapColour("halo");
  map.addLayer({
    id: `preview-${name}-fill`,
    type: "fill",
    source: SOURCE,
    filter: onlyKinds(kinds, "Polygon"),
    paint: {
      "fill-color": fillBy ? ["coalesce", ["get", fillBy], colour] : colour,
      "fill-opacity": fill,
    },
  });
  map.addLayer({
    id: `preview-${name}-line`,
    type: "line",
    source: SOURCE,
    filter: onlyKinds(kinds, "line"),
    layout: { "line-cap": dash && dash[0] < 1 ? "round" : "butt", "line-join": "round" },
    paint: {
      "line-color": colour,
      "line-width": width,
      "line-opacity": opacity,
      ...(dash ? { "line-dasharray": dash } : {}),
    },
  });
  map.addLayer({
    id: `preview-${name}-point`,
    type: "circle",
    source: SOURCE,
    filter: onlyKinds(kinds, "Point"),
    paint: {
      "circle-color": hollow ? halo : colour,
      "circle-radius": hollow ? 4 : radius,
      "circle-stroke-color": hollow ? colour : halo,
      "circle-stroke-width": hollow ? 2.5 : Math.min(1.5, radius / 4),
    },
  });
}

/** What a shape is called; they may lie in one another, so the words give way. Those of a dot stand beside it. */
function addLabels(map: LibreMap, isDot: boolean): void {
  map.addLayer({
    id: isDot ? "preview-dot-label" : "preview-label",
    type: "symbol",
    source: SOURCE,
    filter: ["all", ["has", "label"], [isDot ? "==" : "!=", ["geometry-type"], "Point"]],
    layout: {
      "text-field": ["get", "label"],
      "text-font": ["Noto Sans SC Regular"],
      "text-size": 12,
      "text-variable-anchor": [
        ...(isDot ? [] : ["center" as const]),
        "top",
        "bottom",
        "left",
        "right",
      ],
      "text-radial-offset": 1,
      "text-allow-overlap": true,
    },
    paint: {
      "text-color": mapColour("text-muted"),
      "text-halo-color": mapColour("halo"),
      "text-halo-width": 1.6,
    },
  });
}

function draw(map: LibreMap, data: GeoJSON): void {
  const known = map.getSource<GeoJSONSource>(SOURCE);
  if (known) {
    known.setData(data);
    return;
  }
  map.addSource(SOURCE, { type: "geojson", data });
  for (const [name, look] of Object.entries(LOOKS)) addLook(map, name, look);
  addLabels(map, false);
  addLabels(map, true);
}

let shown: GeoJSON = NOTHING;
let listens = false;

/** Rows lead to their place; another theme's style gets the drawing back. */
function listen(map: LibreMap): void {
  if (listens) return;
  listens = true;
  map.on("style.load", () => {
    if (whole() !== NOTHING) draw(map, whole());
    if (shown !== NOTHING) void showWorld(map);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-zoom]") : null;
    const box = button instanceof HTMLElement ? parseBox(button.dataset.zoom) : undefined;
    if (!box) return;
    const name = button instanceof HTMLElement ? button.dataset.zoomName : undefined;
    if (name) sketch(map, named(box, name));
    map.fitBounds(box, { padding: freePadding(map.getContainer(), 48), maxZoom: 17 });
    if (isPhone()) setSheet("peek");
  });
}

let sketched: Feature[] = [];
let walked: Feature[] = [];

/** Draw the track of the patrol that is running, over every page's own preview. */
export function drawWalked(map: LibreMap, line: [number, number][]): void {
  listen(map);
  const had = walked.length > 0;
  walked =
    line.length > 1
      ? [
          {
            type: "Feature",
            geometry: { type: "LineString", coordinates: line },
            properties: { kind: "track" },
          },
        ]
      : [];
  if ((had || walked.length > 0) && map.isStyleLoaded()) draw(map, whole());
}

/** The page's preview, and on top of it what is being drawn. */
function whole(): GeoJSON {
  const below = shown.type === "FeatureCollection" ? shown.features : [];
  return sketched.length + walked.length === 0
    ? shown
    : { type: "FeatureCollection", features: [...below, ...walked, ...sketched] };
}

/** Draw what is being drawn in a form. */
export function sketch(map: LibreMap, features: Feature[]): void {
  listen(map);
  sketched = features;
  draw(map, whole());
}

/** Draw the page's preview, or take the last one away. */
export async function showPreview(map: LibreMap): Promise<void> {
  listen(map);
  const address = one("[data-preview-src]")?.dataset.previewSrc;
  if (!one("[data-draw-zone]")) sketched = [];
  map.setMinZoom(address ? 0 : LEAST_ZOOM);
  if (!address) {
    shown = NOTHING;
    map.getSource<GeoJSONSource>(SOURCE)?.setData(whole());
    return;
  }
  const answer = await fetch(address);
  if (!answer.ok || one("[data-preview-src]")?.dataset.previewSrc !== address) return;
  shown = (await answer.json()) as GeoJSON;
  draw(map, whole());
  void showWorld(map);
  const bounds = boundsOf(shown);
  const isFar = one("[data-preview-src]")?.dataset.previewFar !== undefined;
  if (!bounds.isEmpty())
    map.fitBounds(bounds, {
      padding: freePadding(map.getContainer(), 48),
      maxZoom: isFar ? FAR_ZOOM : 16,
    });
}
