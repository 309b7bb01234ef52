/** Lengths and areas on the ground, of what is drawn on the map. */
import { metresBetween, RADIUS_M } from "../../distance";
import type { LngLat } from "./datum";

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres along a line. */
export function lengthOf(line: readonly LngLat[]): number {
  let metres = 0;
  for (let place = 1; place < line.length; place += 1) {
    metres += metresBetween(line[place - 1] as LngLat, line[place] as LngLat);
  }
  return metres;
}

/** Square metres within a ring, closed or not. */
export function areaWithin(ring: readonly LngLat[]): number {
  let sum = 0;
  for (let place = 0; place < ring.length; place += 1) {
    const [lng1, lat1] = (ring[place] as LngLat).map(radians) as LngLat;
    const [lng2, lat2] = (ring[(place + 1) % ring.length] as LngLat).map(radians) as LngLat;
    sum += (lng2 - lng1) * (2 + Math.sin(lat1) + Math.sin(lat2));
  }
  return Math.abs((sum * RADIUS_M * RADIUS_M) / 2);
}

const plain = (value: number, digits: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** `340 m`, `2.41 km`. */
export function lengthWords(metres: number): string {
  return metres < 1000 ? `${plain(metres, 0)} m` : `${plain(metres / 1000, 2)} km`;
}

/** `340 m²`, `2.41 km²`. */
export function areaWords(squareMetres: number): string {
  if (squareMetres >= 1_000_000) return `${plain(squareMetres / 1_000_000, 2)} km²`;
  return `${plain(squareMetres, 0)} m²`;
}

/** 亩, as land is spoken of in Chinese: a fifteenth of a hectare. */
export const muOf = (squareMetres: number): string => plain((squareMetres * 15) / 10_000, 1);

/** Hectares, for those who do not know mu. */
export const hectaresOf = (squareMetres: number): string => plain(squareMetres / 10_000, 2);
