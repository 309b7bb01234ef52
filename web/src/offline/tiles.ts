/** Which addresses of a map make up the district: everything its style asks for, as far in as a phone needs. */

export interface MapStyle {
  metadata?: { bounds?: [number, number, number, number] };
  sources: Record<
    string,
    { type: string; tiles?: string[]; url?: string; minzoom?: number; maxzoom?: number }
  >;
  glyphs?: string;
  sprite?: string;
}

export const FROM_ZOOM = 9;
/** Further in a map draws from the tiles that it has: the ground needs finer ones than the symbols on it. */
export const TO_ZOOM = 12;
const GROUND = "base";

/** Column and row of the tile that holds a place, in degrees, at a zoom. */
export function tileAt(lng: number, lat: number, zoom: number): [number, number] {
  const size = 2 ** zoom;
  const x = Math.floor(((lng + 180) / 360) * size);
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size);
  const inside = (value: number): number => Math.min(Math.max(value, 0), size - 1);
  return [inside(x), inside(y)];
}

/** The addresses of the tiles of a style within its own bounds, coarse ones first, those of other sites left out. */
export function tilesOf(style: MapStyle, origin: string): string[] {
  const bounds = style.metadata?.bounds;
  if (!bounds) return [];
  const [west, south, east, north] = bounds;
  const found: string[] = [];
  for (let zoom = FROM_ZOOM; zoom <= TO_ZOOM + 1; zoom += 1) {
    const [left, top] = tileAt(west, north, zoom);
    const [right, bottom] = tileAt(east, south, zoom);
    for (const [name, source] of Object.entries(style.sources)) {
      if (zoom > TO_ZOOM && name !== GROUND) continue;
      const template = source.tiles?.[0];
      if (!template || new URL(template, origin).origin !== origin) continue;
      if (zoom > (source.maxzoom ?? zoom) || zoom < (source.minzoom ?? 0)) continue;
      for (let x = left; x <= right; x += 1) {
        for (let y = top; y <= bottom; y += 1) found.push(filled(template, zoom, x, y));
      }
    }
  }
  return found;
}

const filled = (template: string, z: number, x: number, y: number): string =>
  template.replace("{z}", `${z}`).replace("{x}", `${x}`).replace("{y}", `${y}`);
