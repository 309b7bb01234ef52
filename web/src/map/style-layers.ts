/** Finding a tileset's layers in the style. */
import type { Map as LibreMap, StyleSpecification } from "maplibre-gl";

/** Ids of the style layers drawn from `source`. */
export function layerIdsOf(map: LibreMap, source: string): string[] {
  return map.getLayersOrder().filter((id) => map.getLayer(id)?.source === source);
}

/** The layers that one points at: neither halos nor names. */
export function pointableLayers(map: LibreMap, sources: Iterable<string>): string[] {
  const wanted = new Set(sources);
  return map.getLayersOrder().filter((id) => {
    const layer = map.getLayer(id);
    return (
      layer !== undefined &&
      wanted.has(layer.source) &&
      !/[-:](halo|label|ring|overdue|numeral|cells|covered|plate|lit|line|bank)$/.test(id)
    );
  });
}

/** Whether the style reads a PMTiles file, whose protocol must be known before. */
export function usesPmtiles(style: StyleSpecification): boolean {
  return Object.values(style.sources).some(
    (source) =>
      "url" in source && typeof source.url === "string" && source.url.startsWith("pmtiles:"),
  );
}

/** Ask tiles under an address they have not had, so that no store between can answer with an old one. */
export function bumped(template: string, version: number): string {
  const [address, query = ""] = template.split("?", 2) as [string, string?];
  const kept = query.split("&").filter((part) => part && !part.startsWith("v="));
  return `${address}?${[...kept, `v=${version}`].join("&")}`;
}
