/** Layers that GIS staff loaded: found in the list of tilesets, drawn plainly, no restart needed. */
import type { LayerSpecification, Map as LibreMap } from "maplibre-gl";
import { make, one } from "../dom";
import type { MapFeature } from "./feature";
import { BASE_TILESETS, FEATURES } from "./features";

export interface TilesetEntry {
  id: string;
  title: string;
  geometry_type: string;
  minzoom: number;
  maxzoom: number;
  tilejson: string;
}

// Told apart from water classes and from each other; the reader sees which is which in the layer card.
const COLOURS = ["#8a5a1c", "#6b4e9b", "#00796b", "#ad1457", "#4a6100", "#37474f"];
const KNOWN = new Set([...BASE_TILESETS, ...FEATURES.map(({ source }) => source)]);

export async function fetchTilesets(): Promise<TilesetEntry[]> {
  const answer = await fetch("/tiles/", { headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  return ((await answer.json()) as { tilesets: TilesetEntry[] }).tilesets;
}

export const loadedEntries = (tilesets: readonly TilesetEntry[]): TilesetEntry[] =>
  tilesets.filter(({ id }) => !KNOWN.has(id));

/** A loaded layer as a thing on the map: shown on its own page, and wherever the reader switches it on. */
export function loadedFeature({ id, title }: TilesetEntry): MapFeature {
  return {
    source: id,
    hint: () => title,
    shownOn: (path) => path.startsWith(`/layers/${id}/`) || /^\/layers\/$/.test(path),
  };
}

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] as string;
}

/** The style layers of one loaded layer; a layer can hold any mix of geometry. */
export function loadedLayers(id: string, colour: string): LayerSpecification[] {
  const on = { source: id, "source-layer": id };
  const lit = [
    "case",
    ["boolean", ["feature-state", "selected"], false],
    3,
    ["boolean", ["feature-state", "hover"], false],
    2,
    1,
  ];
  return [
    {
      id: `${id}-fill`,
      type: "fill",
      ...on,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour, "fill-opacity": 0.22 },
    },
    {
      id: `${id}-line`,
      type: "line",
      ...on,
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": colour, "line-width": ["*", 1.4, lit] as never },
    },
    {
      id,
      type: "circle",
      ...on,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-color": colour,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2, 12, 4, 16, 8],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": ["*", 1, lit] as never,
      },
    },
  ];
}

/** Explain loaded layers in the legend by colour and title. */
export function dressLoadedLegend(entries: readonly TilesetEntry[]): void {
  one("[data-legend-loaded]")?.replaceChildren(
    ...entries.map(({ id, title }, index) => {
      const swatch = make("span", { class: "legend__swatch" });
      swatch.style.background = colourOf(index);
      return make("li", { "data-legend-for": id, hidden: "" }, swatch, title);
    }),
  );
}

/** Put loaded layers under the platform's own symbols. */
export function addLoaded(map: LibreMap, entries: readonly TilesetEntry[]): void {
  const above = map.getLayersOrder().find((id) => map.getLayer(id)?.source === FEATURES[0]?.source);
  entries.forEach((entry, index) => {
    if (map.getSource(entry.id)) return;
    map.addSource(entry.id, { type: "vector", url: entry.tilejson });
    for (const layer of loadedLayers(entry.id, colourOf(index))) map.addLayer(layer, above);
  });
}
