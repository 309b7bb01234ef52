/** The design values shared with the server: see ui/tokens.json. */
import source from "../../ui/tokens.json";

export interface WaterClass {
  value: number;
  numeral: string;
  label: string;
  meaning: string;
  fill: string;
  ink: string;
  shape: string;
}

export const WATER_CLASSES: readonly WaterClass[] = source.classes;

export interface Light {
  value: string;
  label: string;
}

/** The light with this rank (3 red, 2 yellow, 1 green); undefined for what shows none (`projects/vector_layers.py`). */
export function lightOfRank(rank: unknown): Light | undefined {
  return source.lights[Number(rank) - 1];
}

export type Theme = "light" | "dark";

/** The class with this number (1-6, 6 = inferior V); anything else is unrated, never a guess. */
export function waterClass(value: unknown): WaterClass {
  const found = WATER_CLASSES.find((entry) => entry.value === value);
  return found ?? (WATER_CLASSES.find((entry) => entry.value === 0) as WaterClass);
}

export function currentTheme(root: HTMLElement = document.documentElement): Theme {
  const chosen = root.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** A design value of the map, or of the pages, in the theme that is on. */
export function mapColour(name: string): string {
  const theme = currentTheme();
  const values: Record<string, unknown> = { ...source[theme], ...source.map[theme] };
  return String(values[name]);
}
