/** Tiles that did not come: an overloaded server (503) is asked again by itself, then the reader is. */
import type { Map as LibreMap, VectorTileSource } from "maplibre-gl";
import { debounce } from "../dom";
import { bump } from "./refresh";

const GATHER_MS = 400;
const WAITS_MS = [2000, 5000, 10_000];
/** After so long without a failure it counts from the beginning. */
const FORGIVEN_MS = 60_000;

interface TileError {
  sourceId?: string;
  error?: { status?: number };
}

export function watchFailures(map: LibreMap, tell: () => void): void {
  const busy = new Set<string>();
  let others = false;
  let tries = 0;
  let last = 0;
  const act = debounce(() => {
    if (Date.now() - last > FORGIVEN_MS) tries = 0;
    last = Date.now();
    const wait = WAITS_MS[tries];
    if (others || wait === undefined) tell();
    else {
      tries += 1;
      const sources = [...busy];
      window.setTimeout(() => {
        for (const id of sources) bump(map.getSource<VectorTileSource>(id));
      }, wait);
    }
    busy.clear();
    others = false;
  }, GATHER_MS);
  map.on("error", (event) => {
    const { sourceId, error } = event as unknown as TileError;
    if (error?.status === 503 && sourceId) busy.add(sourceId);
    else others = true;
    act();
  });
}
