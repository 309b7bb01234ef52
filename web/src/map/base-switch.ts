/** Streets or pictures from above: a switch where the district has both. */
import type { Map as LibreMap } from "maplibre-gl";
import { make, one } from "../dom";
import { remember, remembered } from "../remembered";
import { say } from "../words";

const KEPT = "base";
const SATELLITE = "satellite";
const NAME = "base-map";

function show(map: LibreMap, satellite: boolean): void {
  for (const id of map.getLayersOrder()) {
    if (map.getLayer(id)?.type !== "raster" || !id.startsWith(SATELLITE)) continue;
    map.setLayoutProperty(id, "visibility", satellite ? "visible" : "none");
  }
}

/** Draw what the reader chose last, and the switch above the layers. */
export function dressBase(map: LibreMap): void {
  const box = one("#layer-switch");
  const has = map.getSource(SATELLITE) !== undefined;
  const old = one(`[data-${NAME}]`);
  if (!has || !box) {
    old?.remove();
    return;
  }
  show(map, remembered(KEPT) === SATELLITE);
  if (old) return;
  const choice = (value: string, label: string): HTMLElement => {
    const input = make("input", { type: "radio", name: NAME, value });
    input.checked = (remembered(KEPT) ?? "") === value;
    input.addEventListener("change", () => {
      remember(KEPT, value);
      show(map, value === SATELLITE);
    });
    return make("label", { class: "choice" }, input, make("span", { text: label }));
  };
  box.prepend(
    make(
      "fieldset",
      { class: "base-switch", [`data-${NAME}`]: "" },
      make("legend", { text: say("base.title") }),
      choice("", say("base.street")),
      choice(SATELLITE, say("base.satellite")),
    ),
  );
}
