/** After a write, the very next tile shows it: reload the tiles of what changed. */
import type { Map as LibreMap, VectorTileSource } from "maplibre-gl";
import { sourceOf } from "./selection";
import { bumped } from "./style-layers";

let version = 0;

/** Ask anew for all tiles of `tileset`; true when the map has it. */
export function refreshTileset(map: LibreMap, tileset: string): boolean {
  return bump(map.getSource<VectorTileSource>(sourceOf(tileset)));
}

/** Ask anew for all tiles of a source; true when it is one of vector tiles. */
export function bump(source: VectorTileSource | undefined): boolean {
  if (source?.type !== "vector" || !source.tiles) return false;
  version = Math.max(version + 1, Math.floor(Date.now() / 1000));
  source.setTiles(source.tiles.map((template) => bumped(template, version)));
  return true;
}

export function refreshAll(map: LibreMap): void {
  for (const id of Object.keys(map.getStyle().sources)) refreshTileset(map, id);
}
