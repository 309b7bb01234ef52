/** What is on the screen, as the address of the page that prints it: camera, window, layers, month, filters. */
import { templatesOf } from "../tile-wishes";
import type { Surroundings } from ".";

const PAGE = "/map/print/";

/** The filter that a tileset is asked with now, from its own tile address. */
export function filterOf(template: string): string | undefined {
  return new URLSearchParams(template.split("?", 2)[1] ?? "").get("filter") ?? undefined;
}

export function printAddress({
  map,
  shown,
  at,
}: Pick<Surroundings, "map" | "shown" | "at">): string {
  const { lng, lat } = map.getCenter();
  const { clientWidth, clientHeight } = map.getContainer();
  const query = new URLSearchParams({
    c: `${lng.toFixed(6)},${lat.toFixed(6)}`,
    z: map.getZoom().toFixed(2),
    w: String(clientWidth),
    h: String(clientHeight),
    layers: shown().join(","),
  });
  const month = at();
  if (month) query.set("at", month);
  for (const source of shown()) {
    const filter = filterOf(templatesOf(map, source)[0] ?? "");
    if (filter) query.set(`f.${source}`, filter);
  }
  return `${PAGE}?${query}`;
}
