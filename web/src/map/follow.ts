/** The list follows the map, and both say how many of how many. */
import type { Map as LibreMap } from "maplibre-gl";
import { announce, debounce, make, one } from "../dom";
import htmx from "../panel/htmx";
import { say } from "../words";
import type { MapFeature } from "./feature";
import { countLine, listedOn } from "./features";
import { pageQuery } from "./url-state";
import { onlyIds } from "./visibility";

const LIST = "[data-in-view-list]";

export class Follow {
  private totals = new Map<string, number>();

  constructor(
    private readonly map: LibreMap,
    private readonly shown: () => MapFeature[],
    public on: boolean,
    private readonly changed: () => void,
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
    const query = pageQuery(location.search);
    if (this.on) query.set("in_bbox", boundsText(this.map));
    const target = `#${list.id}`;
    void htmx
      .ajax("get", `${location.pathname}?${query}`, { target, select: target, swap: "outerHTML" })
      .then(() => {
        this.dress();
        announce(one(".in-view", one(LIST) ?? document)?.textContent?.trim() ?? "");
      });
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
      box.textContent = "";
      return;
    }
    const found = this.map.queryRenderedFeatures({ layers: [kind.source] });
    const total = await this.total(kind, new Set(found.map(({ id }) => id)).size);
    const line = countLine(kind.source, new Set(found.map(({ id }) => id)).size, total);
    if (box.textContent !== line) box.textContent = line;
  }

  /** How many there are with the page's filters; asked of the API once per question. */
  private async total(kind: MapFeature, atLeast: number): Promise<number> {
    const only = onlyIds()?.[kind.source];
    if (only) return only.length;
    const listed = kind.listPath?.test(location.pathname) ?? false;
    const query = listed ? pageQuery(location.search).toString() : "";
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
  }
}

/** The map's view as west,south,east,north in degrees. */
export function boundsText(map: LibreMap): string {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
    .map((value) => value.toFixed(5))
    .join(",");
}
