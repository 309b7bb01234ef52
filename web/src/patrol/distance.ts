/** Metres on the ground between two places, by the mean radius of the earth: for the bar; the server measures itself. */
const RADIUS_M = 6_371_008.8;

export type Coordinate = [lng: number, lat: number];

export function metresBetween([lng1, lat1]: Coordinate, [lng2, lat2]: Coordinate): number {
  const rad = Math.PI / 180;
  const dLat = ((lat2 - lat1) * rad) / 2;
  const dLng = ((lng2 - lng1) * rad) / 2;
  const half =
    Math.sin(dLat) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(dLng) ** 2;
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}
