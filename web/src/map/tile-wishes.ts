/** What tiles are asked for beside their place: a filter and a month (see docs/tiles-api.md). */
import type { Map as LibreMap, VectorTileSource } from "maplibre-gl";

export interface TileWish {
  filter?: string | undefined;
  at?: string | undefined;
}

/** The tile address `template` with `wish` in the place of an earlier one; a version (`v=`) stays. */
export function wishing(template: string, wish: TileWish): string {
  const [address = "", query = ""] = template.split("?", 2);
  const kept = query.split("&").filter((part) => part && !/^(filter|at)=/.test(part));
  for (const name of ["filter", "at"] as const) {
    const value = wish[name];
    if (value) kept.push(`${name}=${encodeURIComponent(value)}`);
  }
  return kept.length > 0 ? `${address}?${kept.join("&")}` : address;
}

/** The tile addresses of a vector source, from the style as long as the source has not read them. */
export function templatesOf(map: LibreMap, source: string): string[] {
  const found = map.getSource<VectorTileSource>(source);
  if (found?.type !== "vector") return [];
  return found.tiles ?? (found.serialize() as { tiles?: string[] }).tiles ?? [];
}

/** Ask for the tiles of `source` with `wish`; nothing is asked anew when it is the same as before. */
export function wishTiles(map: LibreMap, source: string, wish: TileWish): void {
  const templates = templatesOf(map, source);
  const wanted = templates.map((template) => wishing(template, wish));
  if (wanted.join() !== templates.join()) map.getSource<VectorTileSource>(source)?.setTiles(wanted);
}
