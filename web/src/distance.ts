/** The earth's mean radius in metres: what is measured with it is within half a percent of the ellipsoid. */
export const RADIUS_M = 6_371_008.8;

export type Coordinate = [lng: number, lat: number];

/** Metres on the ground between two places; what counts is measured by the server. */
export function metresBetween([lng1, lat1]: Coordinate, [lng2, lat2]: Coordinate): number {
  const rad = Math.PI / 180;
  const dLat = ((lat2 - lat1) * rad) / 2;
  const dLng = ((lng2 - lng1) * rad) / 2;
  const half =
    Math.sin(dLat) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(dLng) ** 2;
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}
