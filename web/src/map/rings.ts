/** Outer rings of areas, [lng, lat] in WGS 84 degrees, as text: a corner a line, a blank line between two areas. */
export type Corner = [lng: number, lat: number];
export type Ring = Corner[];

/** The rings of a text; a line that is no corner is left to the server to refuse. */
export function ringsOf(text: string): Ring[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.split("\n").map(numbersOf).filter(isCorner))
    .filter((ring) => ring.length > 0);
}

function numbersOf(line: string): number[] {
  return line
    .trim()
    .split(/[,\uFF0C\s]+/)
    .map(Number);
}

function isCorner(numbers: number[]): numbers is Corner {
  return numbers.length === 2 && numbers.every(Number.isFinite);
}

/** Six decimals, about 0.1 m. */
export function textOf(rings: Ring[]): string {
  return rings
    .map((ring) => ring.map(([lng, lat]) => `${lng.toFixed(6)}, ${lat.toFixed(6)}`).join("\n"))
    .join("\n\n");
}
