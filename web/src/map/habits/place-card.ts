/** A place of the map by itself: its coordinates in each system, in other maps, as an address and as a code to scan. */
import { Marker, Popup } from "maplibre-gl";
import tokens from "../../../../ui/tokens.json";
import { announce, make } from "../../dom";
import { currentTheme } from "../../tokens";
import { say } from "../../words";
import type { LngLat } from "./datum";
import type { Surroundings } from "./index";
import { coordinatesOf, mapLinks } from "./links";

/** The address of the map with a pin in it. */
export function addressOf([lng, lat]: LngLat, zoom: number, origin: string): string {
  const place = `${lng.toFixed(5)},${lat.toFixed(5)}`;
  return `${origin}/map/?c=${place}&z=${zoom.toFixed(2)}&pin=${place}`;
}

export class PlaceCard {
  private marker: Marker | undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly pinned: (place: LngLat | undefined) => void,
  ) {}

  open(place: LngLat): void {
    this.close();
    const marker = new Marker({
      draggable: true,
      color: tokens.map[currentTheme()].place,
    }).setLngLat(place);
    const popup = new Popup({ className: "place-card", maxWidth: "320px", offset: 32 });
    popup.setDOMContent(this.body(place));
    marker.setPopup(popup).addTo(this.around.map).togglePopup();
    popup.on("close", () => this.close());
    marker.on("dragend", () => {
      const moved = marker.getLngLat().toArray() as LngLat;
      popup.setDOMContent(this.body(moved));
      this.pinned(moved);
    });
    this.marker = marker;
    this.pinned(place);
  }

  close(): void {
    const { marker } = this;
    if (!marker) return;
    this.marker = undefined;
    marker.remove();
    this.pinned(undefined);
  }

  private body(place: LngLat): HTMLElement {
    const list = make("dl", { class: "kv kv--tight" });
    for (const [system, words] of coordinatesOf(place)) {
      list.append(make("dt", { text: system }), make("dd", {}, words, copyButton(words, system)));
    }
    const title = say("place.title");
    const links = make("p", { class: "btn-row" });
    for (const { name, href } of mapLinks(place, document.title)) {
      links.append(
        make("a", {
          class: "chip",
          href,
          target: "_blank",
          rel: "noopener noreferrer",
          text: say(`place.${name}`),
        }),
      );
    }
    const address = addressOf(place, this.around.map.getZoom(), location.origin);
    const share = make("button", { type: "button", class: "btn", text: say("place.share") });
    share.addEventListener("click", () => void shareAddress(address));
    const code = make("details", {}, make("summary", { text: say("place.code") }));
    code.addEventListener("toggle", () => {
      if (code.open && !code.querySelector("img")) code.append(codeOf(address));
    });
    return make(
      "div",
      {},
      make("strong", { text: title }),
      list,
      make("p", { class: "place-card__note", text: say("place.openIn") }),
      links,
      make("p", { class: "btn-row" }, share),
      code,
    );
  }
}

function copyButton(words: string, what: string): HTMLElement {
  const label = say("place.copy", { what });
  const button = make("button", {
    type: "button",
    class: "link-button",
    text: say("place.copyWord"),
  });
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => void copy(words));
  return button;
}

/** The code is drawn by our own server, which draws no other addresses than those of this map. */
function codeOf(address: string): HTMLElement {
  return make("img", {
    src: `/map/code.svg${new URL(address).search}`,
    alt: address,
    width: "180",
    height: "180",
  });
}

async function copy(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
    announce(say("place.copied"));
  } catch {
    announce(words);
  }
}

async function shareAddress(address: string): Promise<void> {
  if (!navigator.share) return copy(address);
  try {
    await navigator.share({ title: document.title, url: address });
  } catch {
    // The reader thought better of it.
  }
}
