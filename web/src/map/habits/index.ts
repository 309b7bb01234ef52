/** What one is used to from map apps; fetched when somebody asks for the first of it. */
import type { Map as LibreMap } from "maplibre-gl";
import { navigate } from "../../panel/navigation";
import { Compare } from "./compare";
import type { LngLat } from "./datum";
import { Measure } from "./measure";
import { PlaceCard } from "./place-card";
import { printAddress } from "./print";

export interface Surroundings {
  map: LibreMap;
  /** The map's part of the page, with everything that lies over it. */
  region: HTMLElement;
  /** While something is measured, clicks open nothing. */
  pause: (on: boolean) => void;
  /** The tilesets that are shown. */
  shown: () => string[];
  /** The month that the map shows; undefined for now. */
  at: () => string | undefined;
  /** The address remembers a place that is pinned. */
  pinned: (place: LngLat | undefined) => void;
}

export class Habits {
  private readonly card: PlaceCard;
  private running: { stop: () => void } | undefined;

  constructor(private readonly around: Surroundings) {
    this.card = new PlaceCard(around, around.pinned);
  }

  place(place: LngLat): void {
    this.card.open(place);
  }

  /** Do what a button of the card asks for; what was going on ends first. */
  do(action: string): void {
    this.running?.stop();
    const { map, region } = this.around;
    const ended = (): void => {
      this.running = undefined;
    };
    if (action === "measure-length") this.running = new Measure(this.around, "length", ended);
    else if (action === "measure-area") this.running = new Measure(this.around, "area", ended);
    else if (action === "compare") this.running = new Compare(this.around, ended);
    else if (action === "place") this.card.open(map.getCenter().toArray() as LngLat);
    else if (action === "print") navigate(printAddress(this.around));
    else if (action === "fullscreen") void fullscreen(region);
  }
}

async function fullscreen(region: HTMLElement): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await region.requestFullscreen();
}
