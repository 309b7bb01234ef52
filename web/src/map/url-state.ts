/**
 * What the address says about the map: `c=lng,lat&z=zoom` (camera), `layers=a,b` (shown tilesets; absent: the page's own
 * choice), `sel=tileset:id` (selection), `at=2026-03` (time), `follow=1` (list follows the map), `pin=lng,lat` (a marked place).
 * The page's own filters stand beside them and are left alone.
 */

export interface Camera {
  lng: number;
  lat: number;
  zoom: number;
}

export interface FeatureRef {
  source: string;
  id: number;
}

export interface MapState {
  camera?: Camera;
  layers?: string[];
  selected?: FeatureRef;
  at?: string;
  follow?: boolean;
  pin?: [lng: number, lat: number];
}

const OWN = ["c", "z", "layers", "sel", "at", "follow", "pin"] as const;

function parseCamera(query: URLSearchParams): Camera | undefined {
  const parts = (query.get("c") ?? "").split(",");
  if (parts.length !== 2) return undefined;
  const [lng, lat] = parts.map(Number) as [number, number];
  const zoom = query.has("z") ? Number(query.get("z")) : 12;
  const sane =
    [lng, lat, zoom].every(Number.isFinite) &&
    Math.abs(lng) <= 180 &&
    Math.abs(lat) <= 85 &&
    zoom >= 0 &&
    zoom <= 24;
  return sane && parts.every((part) => part.trim() !== "") ? { lng, lat, zoom } : undefined;
}

/** Read `tileset:id`; undefined when it is not one. */
export function parseFeatureRef(text: string | null | undefined): FeatureRef | undefined {
  const match = /^([\w-]+):(\d+)$/.exec(text ?? "");
  return match ? { source: match[1] as string, id: Number(match[2]) } : undefined;
}

/** Read several, blank-separated; what is none is left out. */
export function parseFeatureRefs(text: string | null | undefined): FeatureRef[] {
  return (text ?? "")
    .split(/\s+/)
    .map(parseFeatureRef)
    .filter((ref) => ref !== undefined);
}

export function parseMapState(search: string): MapState {
  const query = new URLSearchParams(search);
  const state: MapState = {};
  const camera = parseCamera(query);
  if (camera) state.camera = camera;
  const layers = query.get("layers");
  if (layers !== null) state.layers = layers.split(",").filter(Boolean);
  const selected = parseFeatureRef(query.get("sel"));
  if (selected) state.selected = selected;
  const at = query.get("at");
  if (at) state.at = at;
  if (query.get("follow") === "1") state.follow = true;
  const pin = parseCamera(new URLSearchParams({ c: query.get("pin") ?? "" }));
  if (pin) state.pin = [pin.lng, pin.lat];
  return state;
}

/** Put `state` into the query `search`, keeping what belongs to the page. Returns "" or "?…". */
export function writeMapState(search: string, state: MapState): string {
  const query = new URLSearchParams(search);
  for (const name of OWN) query.delete(name);
  const { camera, layers, selected, at, follow, pin } = state;
  const parts = [query.toString()];
  if (camera) {
    parts.push(
      `c=${camera.lng.toFixed(5)},${camera.lat.toFixed(5)}`,
      `z=${camera.zoom.toFixed(2)}`,
    );
  }
  if (layers) parts.push(`layers=${layers.map(encodeURIComponent).join(",")}`);
  if (selected) parts.push(`sel=${selected.source}:${selected.id}`);
  if (at) parts.push(`at=${encodeURIComponent(at)}`);
  if (follow) parts.push("follow=1");
  if (pin) parts.push(`pin=${pin.map((degrees) => degrees.toFixed(5)).join(",")}`);
  const text = parts.filter(Boolean).join("&");
  return text ? `?${text}` : "";
}

/** The query without anything of the map's: what the page and the API are asked with. */
export function pageQuery(search: string): URLSearchParams {
  const query = new URLSearchParams(search);
  for (const name of [...OWN, "page", "in_bbox"]) query.delete(name);
  return query;
}
