/**
 * Where somebody works who does not work everywhere: a town, a village, or one of several districts. Other areas of
 * that level stay readable under a veil, the own border stands out, and "home" is the own area.
 */
import { type ExpressionSpecification, type Map as LibreMap, LngLatBounds } from "maplibre-gl";
import source from "../../../ui/tokens.json";
import { currentTheme } from "../tokens";

const VEIL = "own-area-veil";
const LINE = "own-area-line";

/** The box of the own area, in degrees; nothing for who works everywhere or whose area has no outline. */
export function ownBounds({ ownBounds = "" }: DOMStringMap): LngLatBounds | undefined {
  const edges = ownBounds.split(",").map(Number);
  if (edges.length !== 4 || ownBounds === "" || !edges.every(Number.isFinite)) return undefined;
  return LngLatBounds.convert(edges as [number, number, number, number]);
}

/** Draw the veil and the border over a style that has just been loaded. */
export function drawOwnArea(map: LibreMap, { ownCode, ownLevel }: DOMStringMap): void {
  if (!ownCode || !ownLevel || !map.getSource("base") || map.getLayer(VEIL)) return;
  const colours = source.map[currentTheme()];
  const level: ExpressionSpecification = ["==", ["get", "level"], ownLevel];
  const code: ExpressionSpecification = ["==", ["get", "code"], ownCode];
  const areas = { source: "base", "source-layer": "areas" };
  map.addLayer({
    id: VEIL,
    type: "fill",
    ...areas,
    filter: ["all", level, ["!", code]],
    paint: { "fill-color": colours["land-outside"], "fill-opacity": 0.6, "fill-antialias": false },
  });
  map.addLayer({
    id: LINE,
    type: "line",
    ...areas,
    filter: ["all", level, code],
    layout: { "line-join": "round" },
    paint: { "line-color": colours["district-line"], "line-width": 2.2 },
  });
}
