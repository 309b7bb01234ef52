/** Which of the things that a list holds lies nearest to a place: asked of the API in windows that grow around it. */
import { metresBetween } from "../distance";
import { answerOf } from "./answer";
import { text } from "./feature";
import type { LngLat } from "./habits/datum";

export interface Near {
  place: LngLat;
  /** Metres from where it was looked for. */
  metres: number;
  name: string;
}

const METRES_A_DEGREE = 111_320;
const FIRST_WINDOW_M = 1000;
/** Doubled so often, the window reaches over a province. */
const MOST_WINDOWS = 10;
const PAGE_SIZE = 100;

interface Listed {
  features?: GeoJSON.Feature[];
  results?: { features?: GeoJSON.Feature[] };
}

/**
 * The nearest of what `api` lists under `query`; undefined where nothing lies within reach or there is no answer.
 * In a window with more than a page of things it is the nearest of that page.
 */
export async function nearestOf(
  api: string,
  query: URLSearchParams,
  from: LngLat,
): Promise<Near | undefined> {
  for (let turn = 0; turn < MOST_WINDOWS; turn += 1) {
    const half = FIRST_WINDOW_M * 2 ** turn;
    const found = await closestWithin(api, query, from, half);
    if (found === "no answer") return undefined;
    if (!found) continue;
    if (found.metres <= half) return found;
    // It lies in a corner of the window: something may be nearer beyond one of its sides.
    const wider = await closestWithin(api, query, from, found.metres);
    return wider && wider !== "no answer" && wider.metres < found.metres ? wider : found;
  }
  return undefined;
}

async function closestWithin(
  api: string,
  query: URLSearchParams,
  from: LngLat,
  half: number,
): Promise<Near | undefined | "no answer"> {
  const asked = new URLSearchParams(query);
  asked.set("in_bbox", windowAround(from, half));
  asked.set("page_size", String(PAGE_SIZE));
  const body = await answerOf<Listed>(`${api}?${asked}`);
  if (!body) return "no answer";
  const near = (body.features ?? body.results?.features ?? []).flatMap((feature) => {
    const found = nearOf(feature, from);
    return found ? [found] : [];
  });
  return near.sort((one, other) => one.metres - other.metres)[0];
}

/** west,south,east,north in degrees of a square with sides of twice `half` metres. */
export function windowAround([lng, lat]: LngLat, half: number): string {
  const high = half / METRES_A_DEGREE;
  const wide = high / Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return [
    Math.max(lng - wide, -180),
    Math.max(lat - high, -90),
    Math.min(lng + wide, 180),
    Math.min(lat + high, 90),
  ]
    .map((value) => value.toFixed(6))
    .join(",");
}

/** The corner of a feature that lies nearest; undefined for one without a place. */
function nearOf({ geometry, properties }: GeoJSON.Feature, from: LngLat): Near | undefined {
  const name = text(properties?.name) || text(properties?.title);
  const corners = geometry ? cornersOf(geometry) : [];
  const near = corners.map((place) => ({ place, metres: metresBetween(from, place), name }));
  return near.sort((one, other) => one.metres - other.metres)[0];
}

function cornersOf(geometry: GeoJSON.Geometry): LngLat[] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(cornersOf);
  return pairsIn(geometry.coordinates);
}

function pairsIn(coordinates: unknown): LngLat[] {
  if (!Array.isArray(coordinates)) return [];
  const [lng, lat] = coordinates;
  return typeof lng === "number" ? [[lng, lat]] : coordinates.flatMap(pairsIn);
}
