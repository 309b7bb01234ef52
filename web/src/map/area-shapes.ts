/** Between rings as a form keeps them and polygons as the drawing library does. */
import type { Ring } from "./rings";

interface Drawn {
  geometry: { type: string; coordinates: unknown };
  properties?: Record<string, unknown> | null;
}

/** The ring as a polygon of the drawing's mode; undefined for fewer than three corners. */
export function areaOf(ring: Ring): GeoJSON.Feature<GeoJSON.Polygon> | undefined {
  const [first] = ring;
  if (!first || ring.length < 3) return undefined;
  return {
    type: "Feature",
    geometry: { type: "Polygon", coordinates: [[...ring, first]] },
    properties: { mode: "polygon" },
  };
}

/** The outer ring of a finished polygon, not closed; undefined for guidance points and what is still being drawn. */
export function ringOf({ geometry, properties }: Drawn): Ring | undefined {
  if (geometry.type !== "Polygon" || properties?.currentlyDrawing) return undefined;
  const [outer] = geometry.coordinates as Ring[];
  return outer?.slice(0, -1);
}

/** How a ring is shown while nobody draws: as an area, or as what there is of it. */
export function sketchOf(ring: Ring): GeoJSON.Feature {
  const [first] = ring as [Ring[number]];
  const geometry: GeoJSON.Geometry =
    ring.length > 2
      ? { type: "Polygon", coordinates: [[...ring, first]] }
      : ring.length > 1
        ? { type: "LineString", coordinates: ring }
        : { type: "Point", coordinates: first };
  return { type: "Feature", geometry, properties: { kind: "new" } };
}
