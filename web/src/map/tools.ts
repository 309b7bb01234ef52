/** The buttons over the map. */
import { type Map as LibreMap, Marker } from "maplibre-gl";
import { all, announce, isPhone, make, one } from "../dom";
import { openFilters } from "../panel/filters";
import { remember, remembered } from "../remembered";
import { say } from "../words";
import { showNotice } from "./notices";
import { whereAmI } from "./where";

const HERE_ZOOM = 15;
const LEGEND = "legend";

function toggleCard(button: HTMLElement, card: HTMLElement | null, open?: boolean): void {
  if (!card) return;
  card.hidden = open === undefined ? !card.hidden : !open;
  button.setAttribute("aria-expanded", String(!card.hidden));
}

interface Done {
  home: (by: Event) => void;
  nearest: (by: Event) => void;
  /** What is fetched only when it is asked for (`habits/`), by the name on its button. */
  habit: (action: string) => void;
}

export function bindTools(map: LibreMap, done: Done): void {
  let here: Marker | undefined;
  const locate = async (originalEvent: Event): Promise<void> => {
    announce(say("map.locating"));
    try {
      const place = await whereAmI();
      here?.remove();
      here = new Marker({ element: make("span", { class: "here", title: say("map.here") }) })
        .setLngLat(place)
        .addTo(map);
      const zoom = Math.max(map.getZoom(), HERE_ZOOM);
      map.flyTo({ center: place, zoom }, { originalEvent });
    } catch {
      showNotice(say("map.noLocation"));
    }
  };
  const legend = one("#legend");
  const more = one("#map-more");
  for (const choice of all("[data-habit]")) {
    choice.addEventListener("click", () => {
      const button = one("[data-map='more']");
      if (button) toggleCard(button, more, false);
      done.habit(choice.dataset.habit ?? "");
    });
  }
  // Moves by a button are the reader's own: the address notes them.
  const actions: Record<string, (button: HTMLElement, originalEvent: Event) => void> = {
    "zoom-in": (_, originalEvent) => map.zoomIn({}, { originalEvent }),
    "zoom-out": (_, originalEvent) => map.zoomOut({}, { originalEvent }),
    locate: (_, originalEvent) => void locate(originalEvent),
    home: (_, originalEvent) => done.home(originalEvent),
    nearest: (_, originalEvent) => done.nearest(originalEvent),
    filter: openFilters,
    layers: (button) => toggleCard(button, one("#layer-switch")),
    more: (button) => toggleCard(button, more),
    legend: (button) => {
      toggleCard(button, legend);
      remember(LEGEND, legend?.hidden ? "" : "open");
    },
  };
  map.on("click", () => {
    const button = one("[data-map='legend']");
    if (isPhone() && button) toggleCard(button, legend, false);
  });
  for (const button of all("[data-map]")) {
    const action = actions[button.dataset.map ?? ""];
    if (action) button.addEventListener("click", (event) => action(button, event));
    if (button.dataset.map === "legend")
      toggleCard(button, legend, !isPhone() && remembered(LEGEND) === "open");
  }
  if (legend) legend.dataset.ready = ""; // until now it stays shut, see map.css
}
