/**
 * The world's land below what a page shows, at scales where the district's own map is a spot: what is misplaced is
 * seen where it lies. Coasts only, without borders (`web/src/map/world-land.json`, see fixtures/SOURCE.md).
 */
import type { MultiPolygon } from "geojson";
import type { Map as LibreMap } from "maplibre-gl";
import { mapColour } from "../tokens";

const SOURCE = "world";
/** From here on the coasts are too rough. */
const GONE = 8;

/** Put the land right above the ground; nothing where it is there already. */
export async function showWorld(map: LibreMap): Promise<void> {
  if (map.getSource(SOURCE)) return;
  const { default: land } = await import("./world-land.json");
  if (!map.getStyle() || map.getSource(SOURCE)) return;
  map.addSource(SOURCE, { type: "geojson", data: land as MultiPolygon, maxzoom: GONE });
  const above = map.getLayersOrder()[1];
  map.addLayer(
    {
      id: "world-land",
      type: "fill",
      source: SOURCE,
      maxzoom: GONE,
      paint: { "fill-color": mapColour("land") },
    },
    above,
  );
  map.addLayer(
    {
      id: "world-coast",
      type: "line",
      source: SOURCE,
      maxzoom: GONE,
      paint: { "line-color": mapColour("text-faint"), "line-width": 0.8 },
    },
    above,
  );
}
