/**
 * Puts the files of the map's font into the build, under `fonts/`: the server draws the glyphs of map labels from them
 * (tiles/glyphs/). They keep their names, since the server finds them by `unicode.json`. The licence goes with them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const PACKAGE = fileURLToPath(
  new URL("./node_modules/@fontsource-variable/noto-sans-sc/", import.meta.url),
);
const BESIDE = ["unicode.json", "LICENSE"];

export function fontsPlugin(): Plugin {
  return {
    name: "map-fonts",
    apply: "build",
    generateBundle() {
      const fonts = readdirSync(`${PACKAGE}files`).filter((name) =>
        name.endsWith("-wght-normal.woff2"),
      );
      const wanted = [...BESIDE, ...fonts.map((name) => `files/${name}`)];
      for (const name of wanted) {
        const fileName = `fonts/${name.replace("files/", "")}`;
        this.emitFile({ type: "asset", fileName, source: readFileSync(PACKAGE + name) });
      }
    },
  };
}
