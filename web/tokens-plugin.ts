/**
 * Turns the one file of design values (ui/tokens.json) into CSS: custom properties for light
 * and dark, and the symbol of each water class. Imported in styles as `virtual:tokens.css`.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("../ui/tokens.json", import.meta.url));
const VIRTUAL = "virtual:tokens.css";
const RESOLVED = "\0virtual-tokens.css";

type Values = Record<string, string>;
/** Colours of the map that the page itself draws with: its first picture. */
const OF_THE_MAP = [
  "land",
  "land-outside",
  "town-line",
  "water",
  "water-strong",
  "halo",
  "outline",
  "label",
  "select",
];
type Point = [number, number];

interface WaterClass {
  value: number;
  label: string;
  fill: string;
  ink: string;
  shape: string;
}

interface Ring {
  name: string;
  arc: number;
  double?: boolean;
  dashed?: boolean;
}

export interface Tokens {
  light: Values;
  dark: Values;
  scale: Values;
  shadow: { light: Values; dark: Values };
  classes: WaterClass[];
  rings: Ring[];
  shapes: Record<string, Point[]>;
  map: { light: Record<string, string | number>; dark: Record<string, string | number> };
}

const OUTLINE = "#22323b";

function declarations(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}:${value};`)
    .join("");
}

function mapColours(colours: Record<string, string | number>): Values {
  return Object.fromEntries(OF_THE_MAP.map((name) => [`map-${name}`, String(colours[name])]));
}

/** The symbol of a class as an SVG data address: the same polygon as in the map's sprite. */
function symbol(waterClass: WaterClass, shapes: Tokens["shapes"]): string {
  const points = shapes[waterClass.shape];
  const corners = points?.map(([x, y]) => `${x * 9.6},${y * 9.6}`).join(" ");
  const body = corners
    ? `<g stroke-linejoin='round'><polygon points='${corners}' fill='#ffffff' stroke='#ffffff' stroke-width='4.4'/><polygon points='${corners}' fill='${waterClass.fill}' stroke='${OUTLINE}' stroke-width='1.6' /></g>`
    : `<circle r='8' fill='none' stroke='#7b8891' stroke-width='2.2' stroke-dasharray='3.4 2.9'/>`;
  return svgUrl(body);
}

function svgUrl(body: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='-12 -12 24 24'>${body}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

/** The ring that tells where the rectification stands: a part of a circle from the top, clockwise. */
function ring({ arc, double, dashed }: Ring): string {
  const length = 2 * Math.PI * 8;
  const dashes = dashed ? "2.9 2.1" : `${length * arc} ${length}`;
  const outer = double ? `<circle r='11' fill='none' stroke='${OUTLINE}' stroke-width='1.2'/>` : "";
  return svgUrl(
    `<circle r='8' fill='none' stroke='${OUTLINE}' stroke-width='0.8' opacity='0.5'/>` +
      `<circle r='8' fill='none' stroke='${OUTLINE}' stroke-width='2.6' stroke-dasharray='${dashes}' transform='rotate(-90)'/>${outer}`,
  );
}

function ringRules(rings: Ring[]): string {
  return rings.map((entry) => `.ring--${entry.name}{--ring-symbol:${ring(entry)};}`).join("\n");
}

function classRules(tokens: Tokens): string {
  return tokens.classes
    .map(
      (waterClass) =>
        `.class-mark--${waterClass.value}{--class-symbol:${symbol(waterClass, tokens.shapes)};--class-label:"${waterClass.label}";}` +
        `.badge--class-${waterClass.value}{--badge-bg:${waterClass.fill};--badge-ink:${waterClass.ink};}` +
        `.class-bar--${waterClass.value}{--bar:${waterClass.fill};}` +
        `.sign--${waterClass.value}{fill:${waterClass.fill};}`,
    )
    .join("\n");
}

export function tokensToCss(tokens: Tokens): string {
  const classColours = Object.fromEntries(
    tokens.classes.map(({ value, fill }) => [`class-${value}`, fill]),
  );
  const light = declarations({
    ...tokens.light,
    ...tokens.shadow.light,
    ...mapColours(tokens.map.light),
  });
  const dark = declarations({
    ...tokens.dark,
    ...tokens.shadow.dark,
    ...mapColours(tokens.map.dark),
  });
  return [
    `:root{color-scheme:light;${declarations(tokens.scale)}${declarations(classColours)}${light}}`,
    // Paper is white, whatever the reader chose for the screen.
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme="light"]){color-scheme:dark;${dark}}}`,
    `@media screen{:root[data-theme="dark"]{color-scheme:dark;${dark}}}`,
    classRules(tokens),
    ringRules(tokens.rings),
  ].join("\n");
}

export function tokensPlugin(): Plugin {
  return {
    name: "design-tokens",
    resolveId(id) {
      return id === VIRTUAL ? RESOLVED : undefined;
    },
    load(id) {
      if (id !== RESOLVED) return undefined;
      this.addWatchFile(SOURCE);
      return tokensToCss(JSON.parse(readFileSync(SOURCE, "utf8")) as Tokens);
    },
  };
}
