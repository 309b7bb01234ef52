/** What is on the screen, as the address of the page that prints it: camera, window, layers, month, filters. */
import type { Map as LibreMap } from "maplibre-gl";
import { FEATURES, isFilteredOn, kindOf } from "../features";
import { idsIn } from "../filters";
import { amongIds } from "../point-filter";
import { layerIdsOf } from "../style-layers";
import { templatesOf } from "../tile-wishes";
import { pageQuery } from "../url-state";
import type { Surroundings } from ".";

const PAGE = "/map/print/";

/** The filter that a tileset is asked with now, from its own tile address. */
export function filterOf(template: string): string | undefined {
  return new URLSearchParams(template.split("?", 2)[1] ?? "").get("filter") ?? undefined;
}

/** How a tileset is narrowed now: in its tiles, or on the screen alone, by ids or by what its tiles carry. */
function narrowedBy(map: LibreMap, source: string): string | undefined {
  const asked = filterOf(templatesOf(map, source)[0] ?? "");
  if (asked) return asked;
  const [layer] = layerIdsOf(map, source);
  const ids = layer === undefined ? undefined : idsIn(map.getFilter(layer));
  if (ids) return amongIds(ids);
  const kind = kindOf(FEATURES, source);
  if (!kind || !isFilteredOn(kind, location.pathname)) return undefined;
  return kind.printFilter?.(pageQuery(location.search));
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
    const filter = narrowedBy(map, source);
    if (filter) query.set(`f.${source}`, filter);
  }
  return `${PAGE}?${query}`;
}
