/** What comes first: the points, and only then what is merely beautiful. */
import type { Map as LibreMap, StyleSpecification } from "maplibre-gl";

export const POINTS_DRAWN = "map-points";
const POINT_SOURCES = ["monitoring_point_clusters", "monitoring_points"];

/** Say in the browser's timeline when the points are on the screen, all their tiles come: `make bench ARGS=phone` reads it. */
export function markArrival(map: LibreMap): void {
  const looked = (): void => {
    const there = POINT_SOURCES.filter((source) => map.getSource(source));
    if (there.length === 0 || !there.every((source) => map.isSourceLoaded(source))) return;
    map.off("render", looked);
    performance.mark(POINTS_DRAWN);
    map.getContainer().dataset.points = ""; // its first picture goes
    document.dispatchEvent(new Event("map:points"));
  };
  map.on("render", looked);
}

const RELIEF = "hillshade";

/** The same style with the relief not drawn yet. */
export function withoutRelief(style: StyleSpecification): StyleSpecification {
  const layers = style.layers.map((layer) =>
    layer.id === RELIEF ? { ...layer, layout: { visibility: "none" as const } } : layer,
  ) as StyleSpecification["layers"];
  return { ...style, layers };
}

/** Draw the relief once everything else is there. */
export function reliefWhenIdle(map: LibreMap): void {
  map.once("idle", () => {
    if (map.getLayer(RELIEF)) map.setLayoutProperty(RELIEF, "visibility", "visible");
  });
}
