/**
 * Takes MapLibre from its sources instead of its two finished bundles, which carry the half that page and worker share
 * twice. Here that half is one file; what no style of ours can ask for is left out (`LEFT_OUT`).
 * `virtual:map-worker` says where the worker's script lies.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const SOURCES = fileURLToPath(new URL("./node_modules/maplibre-gl/src/", import.meta.url));
const SPECIFICATION = fileURLToPath(
  new URL("./node_modules/@maplibre/maplibre-gl-style-spec/dist/", import.meta.url),
);
const WORKER = `${SOURCES}source/worker.ts`;
const VIRTUAL = "virtual:map-worker";
const STUB = "\0left-out:";

/** Globe, terrain, heights drawn by the client, heat maps, houses in three dimensions, films, MLT tiles. */
const LEFT_OUT = new RegExp(
  [
    "source/(vector_tile_mlt|video_source|canvas_source|raster_dem_tile_source|raster_dem_tile_worker_source)",
    "geo/projection/(globe_projection|globe_transform|globe_camera_helper)",
    "geo/projection/vertical_perspective_(camera_helper|transform|projection)",
    "webgl/draw/draw_(heatmap|hillshade|color_relief|fill_extrusion|terrain|debug)",
    "webgl/render_to_texture",
    "render/terrain",
    "shaders/glsl/_projection_globe\\.\\w+\\.glsl\\.g",
    "shaders/glsl/(heatmap|hillshade|color_relief|fill_extrusion|terrain|debug|depth)\\w*\\.\\w+\\.glsl\\.g",
  ]
    .map((part) => `/maplibre-gl/src/${part}\\.ts$`)
    .concat("/maplibre-gl-style-spec/dist/expression/definitions/(distance|within)\\.mjs$")
    .join("|"),
);

/** Styles come from our own server, whose tests hold them to the specification: the phone need not check them again. */
const UNCHECKED = `${SOURCES}style/validate_style.ts`;
const NO_CHECK = `
  const none = () => [];
  const kinds = ["source", "sprite", "glyphs", "layer", "light", "sky", "terrain", "filter", "paintProperty", "layoutProperty"];
  export const validateStyle = Object.assign(() => [], Object.fromEntries(kinds.map((kind) => [kind, none])));
  export const SPEC_SOURCE_TYPES = new Set();
  export const validateStyleAndEmit = () => false;
  export const emitValidationErrors = (_, errors) => errors.length > 0;
  export const validateAndEmit = () => false;
`;

/** Modules of the same names that do nothing until somebody asks for what is not there. */
export function stubOf(source: string): string {
  const lines: string[] = [];
  for (const [, kind, name] of source.matchAll(
    /^export (?:abstract )?(class|(?:async )?function|const|let) (\w+)/gm,
  )) {
    if (kind === "class") lines.push(`export class ${name} { constructor() { away("${name}"); } }`);
    else if (kind?.endsWith("function"))
      lines.push(`export function ${name}() { away("${name}"); }`);
    else lines.push(`export const ${name} = undefined;`);
  }
  for (const [, list] of source.matchAll(/^export \{([^}]+)\}/gm)) {
    for (const name of list?.match(/\w+(?=\s*(?:,|$))/g) ?? [])
      lines.push(`export function ${name}() { away("${name}"); }`);
  }
  if (/^export default/m.test(source)) lines.push('export default "";');
  return [
    'function away(name) { throw new Error(name + " is not in this build: web/maplibre-plugin.ts"); }',
    ...lines,
  ].join("\n");
}

/** MapLibre's styles without the pictures of controls that the site has its own buttons for. */
export function neededStyles(styles: string): string {
  return styles.replace(
    /[^{}]*maplibregl-(?:ctrl-(?:zoom|fullscreen|shrink|compass|globe|terrain|geolocate|logo)|cooperative)[^{}]*\{[^{}]*\}/g,
    "",
  );
}

export function maplibrePlugin(): Plugin {
  let builds = false;
  return {
    name: "maplibre-from-sources",
    enforce: "pre",
    configResolved({ command }) {
      builds = command === "build";
    },
    async resolveId(asked, importer) {
      if (asked === VIRTUAL) return `\0${VIRTUAL}`;
      if (!builds) return undefined;
      if (asked === "maplibre-gl") return `${SOURCES}index.ts`;
      if (!importer?.startsWith(SOURCES) && !importer?.startsWith(SPECIFICATION)) return undefined;
      const found = await this.resolve(asked, importer, { skipSelf: true });
      return found && LEFT_OUT.test(found.id) ? `${STUB}${found.id}` : found;
    },
    transform(code, id) {
      return id.endsWith("/maplibre-gl.css") ? { code: neededStyles(code), map: null } : undefined;
    },
    load(id) {
      if (id === `\0${VIRTUAL}`) {
        if (!builds) return 'export default "";';
        const worker = this.emitFile({ type: "chunk", id: WORKER, name: "map-worker" });
        return `export default import.meta.ROLLUP_FILE_URL_${worker};`;
      }
      if (id === UNCHECKED) return NO_CHECK;
      if (id.startsWith(STUB)) return stubOf(readFileSync(id.slice(STUB.length), "utf8"));
      return undefined;
    },
  };
}
