/**
 * GCJ-02 and BD-09, the offset coordinates of Chinese web maps, from WGS 84. The same formulas as `geokit/crs/gcj02.py`;
 * `tests/data/datum_places.json` holds both to the same figures. CGCS2000 and WGS 84 differ by centimetres.
 */

export type LngLat = [lng: number, lat: number];

const A = 6378245;
const EE = 0.006693421622965943;
const X_PI = (Math.PI * 3000) / 180;
const { abs, atan2, cos, PI, sin, sqrt } = Math;

/** The box in which the offset applies. */
const inside = ([lng, lat]: LngLat): boolean =>
  lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

function northward(x: number, y: number): number {
  const base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x));
  const one = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  const two = ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  return base + one + two + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
}

function eastward(x: number, y: number): number {
  const base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x));
  const one = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  const two = ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  return base + one + two + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
}

export function toGcj02(place: LngLat): LngLat {
  if (!inside(place)) return place;
  const [lng, lat] = place;
  const radians = (lat / 180) * PI;
  const magic = 1 - EE * sin(radians) ** 2;
  const root = sqrt(magic);
  const north = (northward(lng - 105, lat - 35) * 180) / (((A * (1 - EE)) / (magic * root)) * PI);
  const east = (eastward(lng - 105, lat - 35) * 180) / ((A / root) * cos(radians) * PI);
  return [lng + east, lat + north];
}

/** Back from GCJ-02: the shift found anew at what was found, to well under a millimetre. */
export function fromGcj02([x, y]: LngLat): LngLat {
  let found: LngLat = [x, y];
  for (let round = 0; round < 5; round += 1) {
    const [lng, lat] = toGcj02(found);
    found = [found[0] + x - lng, found[1] + y - lat];
  }
  return found;
}

export function toBd09(place: LngLat): LngLat {
  const [x, y] = toGcj02(place);
  const away = sqrt(x * x + y * y) + 0.00002 * sin(y * X_PI);
  const turn = atan2(y, x) + 0.000003 * cos(x * X_PI);
  return [away * cos(turn) + 0.0065, away * sin(turn) + 0.006];
}
