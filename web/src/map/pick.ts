/** Choosing a place on the map for a form. */
import { type Map as LibreMap, Marker } from "maplibre-gl";
import { announce, one } from "../dom";
import { setSheet } from "../panel/sheet";
import { say } from "../words";
import type { Pointer } from "./pointer";

export interface Place {
  lng: number;
  lat: number;
}

export class Picker {
  private marker: Marker | undefined;
  private waiting: ((place: Place | undefined) => void) | undefined;

  constructor(
    private readonly map: LibreMap,
    private readonly pointer: Pointer,
  ) {
    map.on("click", ({ lngLat }) => this.finish({ lng: lngLat.lng, lat: lngLat.lat }));
    one("[data-map='cancel-pick']")?.addEventListener("click", () => this.finish(undefined));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.finish(undefined);
    });
  }

  /** Ask for a place; undefined when the reader thinks better of it. */
  pick(): Promise<Place | undefined> {
    this.finish(undefined);
    this.toggle(true);
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  /** Mark where the form's place is; it can be dragged. */
  mark(place: Place | undefined, moved?: (place: Place) => void): void {
    this.marker?.remove();
    this.marker = undefined;
    if (!place) return;
    this.marker = new Marker({ draggable: moved !== undefined, color: "#17242c" })
      .setLngLat(place)
      .addTo(this.map);
    if (!this.map.getBounds().contains(place)) this.map.flyTo({ center: place, zoom: 15 });
    this.marker.on("dragend", () => {
      const at = this.marker?.getLngLat();
      if (at && moved) moved({ lng: at.lng, lat: at.lat });
    });
  }

  private finish(place: Place | undefined): void {
    const { waiting } = this;
    if (!waiting) return;
    this.waiting = undefined;
    this.toggle(false);
    if (place) announce(say("map.pickDone"));
    waiting(place);
  }

  private toggle(on: boolean): void {
    const bar = one("#map-pick");
    if (bar) bar.hidden = !on;
    this.pointer.paused = on;
    this.map.getCanvas().classList.toggle("is-picking", on);
    setSheet(on ? "peek" : "half");
  }
}
