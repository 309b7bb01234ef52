/** Two months side by side: a second map over the first, uncovered by a line that is dragged or moved by the arrow keys. */
import { Map as LibreMap, type StyleSpecification } from "maplibre-gl";
import { make } from "../../dom";
import { say } from "../../words";
import { sourcesOf } from "../feature";
import { FEATURES } from "../features";
import { fetchMonths, type Month, monthName } from "../months";
import { wishing } from "../tile-wishes";
import type { Surroundings } from "./index";

/** The same style with the things that have a past shown as they were in `at`; what filters them stays. */
export function styleOf(style: StyleSpecification, at: string): StyleSpecification {
  const withPast = new Set(FEATURES.filter(({ hasPast }) => hasPast).flatMap(sourcesOf));
  const sources = Object.entries(style.sources).map(([name, source]) => {
    if (!withPast.has(name) || !("tiles" in source) || !source.tiles) return [name, source];
    return [name, { ...source, tiles: source.tiles.map((tile) => ofMonth(tile, at)) }];
  });
  return { ...style, sources: Object.fromEntries(sources) };
}

function ofMonth(template: string, at: string): string {
  const filter = /[?&]filter=([^&]*)/.exec(template)?.[1];
  return wishing(template, { filter: filter && decodeURIComponent(filter), at });
}

export class Compare {
  private readonly cover = make("div", { class: "map-compare", "aria-hidden": "true" });
  private readonly line = make("input", {
    type: "range",
    class: "map-compare__line",
    min: "0",
    max: "100",
    value: "50",
    "aria-label": say("compare.line"),
  });
  private readonly bar = make("div", { class: "map-bar-card map-card", role: "group" });
  private readonly choice = make("select", { "aria-label": say("compare.month") });
  private other: LibreMap | undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly ended: () => void,
  ) {
    const end = make("button", {
      type: "button",
      class: "btn btn--quiet",
      text: say("measure.end"),
    });
    end.addEventListener("click", () => this.stop());
    this.bar.append(make("label", {}, say("compare.right"), this.choice), end);
    this.line.addEventListener("input", this.uncover);
    this.choice.addEventListener("change", () => this.show());
    around.region.append(this.cover, this.line, this.bar);
    this.uncover();
    void this.begin();
  }

  stop(): void {
    this.around.map.off("move", this.follow);
    this.other?.remove();
    this.other = undefined;
    for (const part of [this.cover, this.line, this.bar]) part.remove();
    this.ended();
  }

  private async begin(): Promise<void> {
    const months = await fetchMonths();
    if (!this.bar.isConnected) return;
    this.choice.append(...months.map(optionOf));
    // A year before what is shown tells most: the season is the same.
    const shown = months.findIndex(({ month }) => month === this.around.at());
    const place = (shown < 0 ? months.length - 1 : shown) - 12;
    this.choice.value = months[Math.max(0, place)]?.month ?? "";
    this.choice.focus();
    this.around.map.on("move", this.follow);
    this.show();
  }

  private show(): void {
    const { map } = this.around;
    const style = styleOf(map.getStyle(), this.choice.value);
    if (this.other) {
      this.other.setStyle(style);
      return;
    }
    this.other = new LibreMap({
      container: this.cover,
      style,
      center: map.getCenter(),
      zoom: map.getZoom(),
      minZoom: map.getMinZoom(),
      maxZoom: map.getMaxZoom(),
      interactive: false,
      attributionControl: false,
      fadeDuration: 0,
    });
  }

  private readonly follow = (): void => {
    const { map } = this.around;
    this.other?.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
  };

  private readonly uncover = (): void => {
    this.cover.style.clipPath = `inset(0 0 0 ${this.line.value}%)`;
    this.cover.style.setProperty("--line", `${this.line.value}%`);
  };
}

function optionOf({ month }: Month): HTMLOptionElement {
  return make("option", {
    value: month,
    text: monthName(month, document.documentElement.lang),
  });
}
