/** The list follows the map, and both say how many of how many. */
import type { Map as LibreMap } from "maplibre-gl";
import { announce, debounce, make, one } from "../dom";
import htmx from "../panel/htmx";
import { reloadParts } from "../panel/parts";
import { say, things } from "../words";
import { type MapFeature, sourcesOf } from "./feature";
import { countLine, isFilteredOn, listedOn } from "./features";
import { freePadding } from "./free";
import { lengthWords } from "./habits/lengths";
import { nearestOf } from "./nearest";
import { showNotice } from "./notices";
import { forgetPointCounts, pointCounts, writeClassCounts } from "./point-counts";
import { pageQuery } from "./url-state";
import { onlyIds } from "./visibility";

const LIST = "[data-in-view-list]";

export class Follow {
  private totals = new Map<string, number>();
  private asked = "";
  /** What is counted, and by which filters. */
  private counted: { kind: MapFeature; query: URLSearchParams } | undefined;

  constructor(
    private readonly map: LibreMap,
    private readonly shown: () => MapFeature[],
    public on: boolean,
    private readonly changed: () => void,
    private readonly at: () => string | undefined,
  ) {
    map.on(
      "moveend",
      debounce(() => this.reload(), 250),
    );
    map.on("idle", () => void this.count());
  }

  /** Give the page's list its switch; called after each page change. */
  dress(): void {
    const list = one(LIST);
    if (!list || list.dataset.dressed !== undefined) return;
    list.dataset.dressed = "";
    const input = make("input", { type: "checkbox" });
    input.checked = this.on;
    input.addEventListener("change", () => {
      this.on = input.checked;
      this.changed();
      this.reload(true);
    });
    const label = make("label", {}, input, make("span", { text: say("list.follow") }));
    // The page's own count line takes the switch; a list without one gets a line.
    const bar = one(":scope > .in-view, :scope > .eyebrow", list) ?? make("div");
    bar.classList.add("in-view");
    if (!bar.isConnected) list.prepend(bar);
    bar.append(label);
  }

  /** Ask for the list again, narrowed to what the map shows; once more without when switched off. */
  private reload(force = false): void {
    const list = one(LIST);
    if (!list?.id || !(this.on || force)) return;
    const target = `#${list.id}`;
    const address = `${location.pathname}?${this.listQuery()}`;
    void htmx.ajax("get", address, { target, select: target, swap: "outerHTML" }).then(() => {
      this.dress();
      announce(one(".in-view", one(LIST) ?? document)?.textContent?.trim() ?? "");
    });
  }

  /** What the page's list is asked with: its filters, the month, and the map's window where it follows that. */
  private listQuery(): URLSearchParams {
    const query = pageQuery(location.search);
    const at = this.at();
    if (at) query.set("at", at);
    if (this.on && one(LIST)) query.set("in_bbox", boundsText(this.map));
    return query;
  }

  /** Another month is shown: the page's parts, and the figures, are asked for anew. */
  async month(): Promise<void> {
    await reloadParts(this.listQuery());
    this.dress();
    void this.count();
  }

  private async count(): Promise<void> {
    const box = one("#map-counts");
    const shown = this.shown();
    const kind =
      listedOn(location.pathname) ??
      shown.find(({ source }) => source === "monitoring_points") ??
      shown.at(-1);
    if (!box) return;
    if (!kind?.api || !this.map.getLayer(kind.source)) {
      writeCounts(box, "", false);
      return;
    }
    if (kind.source === "monitoring_points" && !onlyIds()) {
      await this.countPoints(kind, box);
      return;
    }
    const seen = this.drawn(kind);
    const total = await this.total(kind, seen);
    this.counted = { kind, query: this.listFilters(kind) };
    // A page that names its things one by one leads to them itself.
    writeCounts(box, countLine(kind.source, seen, total), seen === 0 && total > 0 && !onlyIds());
  }

  /** How many of a kind have a symbol in view; a cluster's counts as many as it stands for. */
  private drawn(kind: MapFeature): number {
    const layers = sourcesOf(kind).filter((source) => this.map.getLayer(source));
    const found = this.map.queryRenderedFeatures({ layers });
    const numbers = new Map(
      found.map(({ id, properties }) => [id, Number(properties.count ?? 1)] as const),
    );
    return [...numbers.values()].reduce((sum, number) => sum + number, 0);
  }

  /** Points are counted where the list is: a cluster's symbol does not say which of its points are in view. */
  private async countPoints(kind: MapFeature, box: HTMLElement): Promise<void> {
    const query = this.listFilters(kind);
    const at = this.at();
    if (at) query.set("at", at);
    const inView = new URLSearchParams(query);
    inView.set("in_bbox", boundsText(this.map, 4));
    const question = inView.toString();
    this.asked = question;
    const [all, seen] = await Promise.all([pointCounts(query), pointCounts(inView)]);
    if (this.asked !== question) return;
    if (all) writeClassCounts(all);
    this.counted = { kind, query };
    const line = all && seen ? countLine(kind.source, seen.total, all.total) : "";
    writeCounts(box, line, seen?.total === 0 && (all?.total ?? 0) > 0);
  }

  private listFilters(kind: MapFeature): URLSearchParams {
    return isFilteredOn(kind, location.pathname)
      ? pageQuery(location.search)
      : new URLSearchParams();
  }

  /** The view holds none of what is counted: move it to the one that lies nearest, and say which that is. */
  async nearest(originalEvent: Event): Promise<void> {
    const { kind, query } = this.counted ?? {};
    if (!kind?.api) return;
    const { lng, lat } = this.map.getCenter();
    const near = await nearestOf(kind.api, query ?? new URLSearchParams(), [lng, lat]);
    if (!near) {
      showNotice(say("map.noneNear"));
      return;
    }
    const free = freePadding(this.map.getContainer());
    this.map.flyTo(
      {
        center: near.place,
        zoom: Math.max(this.map.getZoom(), this.map.getLayer(kind.source)?.minzoom ?? 0),
        offset: [(free.left - free.right) / 2, (free.top - free.bottom) / 2],
      },
      { originalEvent },
    );
    // The button goes with the empty view.
    this.map.getCanvas().focus();
    const name = near.name || things(kind.source);
    announce(say("map.nearest", { name, length: lengthWords(near.metres) }));
  }

  /** How many there are with the page's filters; asked of the API once per question. */
  private async total(kind: MapFeature, atLeast: number): Promise<number> {
    const only = onlyIds()?.[kind.source];
    if (only) return only.length;
    const query = this.listFilters(kind).toString();
    const question = `${kind.api}?${query ? `${query}&` : ""}page_size=1`;
    const known = this.totals.get(question);
    if (known !== undefined) return known;
    this.totals.set(question, atLeast);
    const answer = await fetch(question, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const body = (await answer.json()) as { count?: number };
      if (typeof body.count === "number") this.totals.set(question, body.count);
    }
    return this.totals.get(question) ?? atLeast;
  }

  forgetTotals(): void {
    this.totals.clear();
    forgetPointCounts();
  }
}

/** `line` beside the map, and the way to the nearest where the view is empty. */
function writeCounts(box: HTMLElement, line: string, isEmpty: boolean): void {
  if (box.textContent !== line) box.textContent = line;
  const way = one("[data-map='nearest']");
  if (way) way.hidden = !isEmpty;
}

/** The map's view as west,south,east,north in degrees. */
export function boundsText(map: LibreMap, digits = 5): string {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
    .map((value) => value.toFixed(digits))
    .join(",");
}
