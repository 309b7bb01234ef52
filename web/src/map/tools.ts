/** The buttons over the map. */
import { type Map as LibreMap, Marker } from "maplibre-gl";
import { all, announce, isPhone, make, one } from "../dom";
import { openFilters } from "../panel/filters";
import { say } from "../words";
import { showNotice } from "./notices";
import { whereAmI } from "./where";

const HERE_ZOOM = 15;

function toggleCard(button: HTMLElement, card: HTMLElement | null, open?: boolean): void {
  if (!card) return;
  card.hidden = open === undefined ? !card.hidden : !open;
  button.setAttribute("aria-expanded", String(!card.hidden));
}

export function bindTools(map: LibreMap, goHome: () => void): void {
  let here: Marker | undefined;
  const locate = async (): Promise<void> => {
    announce(say("map.locating"));
    try {
      const place = await whereAmI();
      here?.remove();
      here = new Marker({ element: make("span", { class: "here", title: say("map.here") }) })
        .setLngLat(place)
        .addTo(map);
      map.flyTo({ center: place, zoom: Math.max(map.getZoom(), HERE_ZOOM) });
    } catch {
      showNotice(say("map.noLocation"));
    }
  };
  const legend = one("#legend");
  const actions: Record<string, (button: HTMLElement) => void> = {
    "zoom-in": () => map.zoomIn(),
    "zoom-out": () => map.zoomOut(),
    locate: () => void locate(),
    home: goHome,
    filter: openFilters,
    layers: (button) => toggleCard(button, one("#layer-switch")),
    legend: (button) => toggleCard(button, legend),
  };
  map.on("click", () => {
    const button = one("[data-map='legend']");
    if (isPhone() && button) toggleCard(button, legend, false);
  });
  for (const button of all("[data-map]")) {
    const action = actions[button.dataset.map ?? ""];
    if (action) button.addEventListener("click", () => action(button));
    if (button.dataset.map === "legend") toggleCard(button, legend, !isPhone());
  }
  if (legend) legend.dataset.ready = ""; // until now a phone's stays shut, see maplibre.css
}
