/** What a person chose or dropped: which sources it makes, and why it could not be sent. */
import { say } from "../words";

const MEGABYTE = 1024 * 1024;
const SHAPE_PARTS = [".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst"];

export interface Named {
  name: string;
  size: number;
}

export interface Source {
  name: string;
  size: number;
  /** What a shapefile lacks although it should have it; empty when it is whole or no shapefile. */
  lacks: string[];
}

function suffix(name: string): string {
  return name.includes(".") ? name.slice(name.lastIndexOf(".")).toLowerCase() : "";
}

/** Parts of one shapefile together, every other file by itself. */
export function sourcesOf(files: readonly Named[]): Source[] {
  const shapes = new Map<string, Named[]>();
  const sources: Source[] = [];
  for (const file of files) {
    if (!SHAPE_PARTS.includes(suffix(file.name))) {
      sources.push({ name: file.name, size: file.size, lacks: [] });
      continue;
    }
    const stem = file.name.slice(0, file.name.lastIndexOf(".")).toLowerCase();
    shapes.set(stem, [...(shapes.get(stem) ?? []), file]);
  }
  for (const parts of shapes.values()) {
    const present = parts.map(({ name }) => suffix(name));
    const main = parts.find(({ name }) => suffix(name) === ".shp") ?? (parts[0] as Named);
    sources.push({
      name: main.name,
      size: parts.reduce((sum, { size }) => sum + size, 0),
      lacks: [".shp", ".dbf", ".prj"].filter((part) => !present.includes(part)),
    });
  }
  return sources;
}

/** A size as people say it. */
export function sizeText(bytes: number): string {
  if (bytes < MEGABYTE) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
}

/** Why these files cannot be sent; "" when they can. `limit` in bytes. */
export function refusal(files: readonly Named[], limit: number): string {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (limit > 0 && total > limit) {
    return say("import.tooBig", { size: sizeText(total), limit: sizeText(limit) });
  }
  const broken = sourcesOf(files).find(({ lacks }) => lacks.includes(".shp"));
  return broken ? say("import.noShp", { name: broken.name }) : "";
}

/** What stands in a message besides the data: hidden files and what macOS puts beside them. */
export function isNoise(name: string): boolean {
  return name.startsWith(".") || name === "Thumbs.db" || name === "__MACOSX";
}
