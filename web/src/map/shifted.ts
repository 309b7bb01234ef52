/**
 * Tiles of maps that lie in GCJ-02, drawn where they belong: what is asked for as `gcj02://host/…/{z}/{x}/{y}` is put
 * together from the up to four tiles beneath it. The shift within one tile is the same to less than a pixel.
 */
import { addProtocol, type StyleSpecification } from "maplibre-gl";
import { type LngLat, toGcj02 } from "./habits/datum";

const PROTOCOL = "gcj02";
const SIDE = 256;

export interface Part {
  x: number;
  y: number;
  /** Where this tile's corner lies on the finished one, in pixels. */
  left: number;
  top: number;
}

function placeOf(x: number, y: number, z: number): LngLat {
  const side = 2 ** z;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / side))) * 180) / Math.PI;
  return [(x / side) * 360 - 180, lat];
}

function tileOf([lng, lat]: LngLat, z: number): [number, number] {
  const side = 2 ** z;
  const radians = (lat * Math.PI) / 180;
  const y = (1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2;
  return [((lng + 180) / 360) * side, y * side];
}

/** Whole pixels; without minus zero. */
const pixels = (tiles: number): number => Math.round(tiles * SIDE) + 0;

/** The tiles of the shifted map that lie under tile z/x/y of the true one. */
export function partsOf(z: number, x: number, y: number): Part[] {
  const [midX, midY] = tileOf(toGcj02(placeOf(x + 0.5, y + 0.5, z)), z);
  const west = midX - 0.5;
  const north = midY - 0.5;
  const parts: Part[] = [];
  for (let row = Math.floor(north); row < north + 1; row += 1) {
    for (let column = Math.floor(west); column < west + 1; column += 1) {
      const left = pixels(column - west);
      const top = pixels(row - north);
      const isSeen = left > -SIDE && left < SIDE && top > -SIDE && top < SIDE;
      const isThere = row >= 0 && row < 2 ** z;
      if (isSeen && isThere) parts.push({ x: column, y: row, left, top });
    }
  }
  return parts;
}

const ADDRESS = /^gcj02:\/\/(\d+)\/(\d+)\/(\d+)\/(.+)$/;

/** One tile, its parts fetched together; one that is missing leaves its part empty. */
async function shiftedTile(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  const [, z = "", x = "", y = "", template = ""] = ADDRESS.exec(address) ?? [];
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext("2d");
  const parts = partsOf(Number(z), Number(x), Number(y));
  const drawn = await Promise.all(
    parts.map(async (part) => {
      const answer = await fetch(filled(template, z, part), { signal });
      if (!answer.ok) return false;
      const picture = await createImageBitmap(await answer.blob());
      pen?.drawImage(picture, part.left, part.top, SIDE, SIDE);
      return true;
    }),
  );
  if (!drawn.includes(true)) throw new Error("404");
  return canvas.transferToImageBitmap();
}

function filled(template: string, z: string, { x, y }: Part): string {
  return decodeURIComponent(template)
    .replace("{z}", z)
    .replace("{x}", String(x))
    .replace("{y}", String(y));
}

/** The style with the addresses of shifted sources (`metadata.shifted`) under our protocol. */
export function withShifted(style: StyleSpecification): StyleSpecification {
  const { shifted = {} } = (style.metadata ?? {}) as { shifted?: Record<string, string> };
  if (Object.keys(shifted).length === 0) return style;
  addProtocol(PROTOCOL, async ({ url }, { signal }) => ({ data: await shiftedTile(url, signal) }));
  const sources = { ...style.sources };
  for (const name of Object.keys(shifted)) {
    const source = sources[name];
    if (source?.type !== "raster" || !source.tiles) continue;
    const tiles = source.tiles.map(
      (template) => `${PROTOCOL}://{z}/{x}/{y}/${encodeURIComponent(template)}`,
    );
    sources[name] = { ...source, tiles };
  }
  return { ...style, sources };
}
