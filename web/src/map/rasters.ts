/** Rasters on the map: an upload's picture where it would lie, and the value under a click on a raster's own page. */
import { type ImageSource, type Map as LibreMap, type MapMouseEvent, Popup } from "maplibre-gl";
import { make, one } from "../dom";
import { say } from "../words";
import { freePadding } from "./free";

const SOURCE = "raster-preview";
type Corner = [number, number];
export type Corners = [Corner, Corner, Corner, Corner];

interface BandValue {
  band: number;
  name: string;
  unit: string;
  value: number | null;
}

/** The corners of `west,south,east,north` from the north-west clockwise, as an image source wants them. */
export function cornersOf(text: string): Corners | undefined {
  const box = text.split(",").map(Number);
  if (box.length !== 4 || !box.every(Number.isFinite)) return undefined;
  const [west, south, east, north] = box as [number, number, number, number];
  return [
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ];
}

/** Lay the picture of an upload over the map, or take the last one away. */
export function showRasterPicture(map: LibreMap): void {
  const card = one("[data-raster-picture]");
  const corners = cornersOf(card?.dataset.bbox ?? "");
  const url = card?.dataset.rasterPicture;
  if (!url || !corners) {
    if (map.getLayer(SOURCE)) map.removeLayer(SOURCE);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    return;
  }
  const known = map.getSource<ImageSource>(SOURCE);
  if (known) known.updateImage({ url, coordinates: corners });
  else {
    map.addSource(SOURCE, { type: "image", url, coordinates: corners });
    map.addLayer({
      id: SOURCE,
      type: "raster",
      source: SOURCE,
      paint: { "raster-opacity": 0.85 },
    });
  }
  map.fitBounds([corners[3], corners[1]], {
    padding: freePadding(map.getContainer()),
    maxZoom: 16,
  });
}

/** One line per band: what it is called, its value, its unit. */
export function valueLines(bands: readonly BandValue[], none: string): string[] {
  return bands.map(({ band, name, unit, value }) => {
    const title = name || (bands.length > 1 ? `${band}` : "");
    const amount =
      value === null ? none : `${Number(value.toPrecision(6))}${unit ? ` ${unit}` : ""}`;
    return title ? `${title}: ${amount}` : amount;
  });
}

async function ask(map: LibreMap, slug: string, event: MapMouseEvent): Promise<void> {
  const { lng, lat } = event.lngLat.wrap();
  const answer = await fetch(
    `/api/v1/layers/${slug}/value/?lng=${lng.toFixed(7)}&lat=${lat.toFixed(7)}`,
    { headers: { Accept: "application/json" } },
  );
  if (!answer.ok) return;
  const { bands } = (await answer.json()) as { bands: BandValue[] };
  const lines = valueLines(bands, say("raster.noData")).map((text) => make("div", { text }));
  new Popup({ closeButton: false, maxWidth: "240px" })
    .setLngLat(event.lngLat)
    .setDOMContent(make("div", { class: "raster-value" }, ...lines))
    .addTo(map);
}

/** On the page of a raster a click tells the value there. */
export function bindRasterValues(map: LibreMap): void {
  map.on("click", (event) => {
    const slug = one("#panel [data-raster]")?.dataset.raster;
    if (slug) void ask(map, slug, event);
  });
}
