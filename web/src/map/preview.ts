/** A file's preview on the main map: `data-preview-src` names GeoJSON to draw and to go to. */
import type { GeoJSON } from "geojson";
import { type GeoJSONSource, type Map as LibreMap, LngLatBounds } from "maplibre-gl";
import { one } from "../dom";

const SOURCE = "preview";

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

function draw(map: LibreMap, data: GeoJSON): void {
  const known = map.getSource<GeoJSONSource>(SOURCE);
  if (known) {
    known.setData(data);
    return;
  }
  map.addSource(SOURCE, { type: "geojson", data });
  const colour = "#ad1457";
  map.addLayer({
    id: "preview-fill",
    type: "fill",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": 0.25 },
  });
  map.addLayer({
    id: "preview-line",
    type: "line",
    source: SOURCE,
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": colour, "line-width": 2 },
  });
  map.addLayer({
    id: "preview-point",
    type: "circle",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-color": colour,
      "circle-radius": 5,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 1.5,
    },
  });
}

/** Draw the page's preview, or take the last one away. */
export async function showPreview(map: LibreMap): Promise<void> {
  const address = one("[data-preview-src]")?.dataset.previewSrc;
  if (!address) {
    map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: [] });
    return;
  }
  const answer = await fetch(address);
  if (!answer.ok) return;
  const data = (await answer.json()) as GeoJSON;
  draw(map, data);
  const bounds = boundsOf(data);
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 48, maxZoom: 16 });
}
