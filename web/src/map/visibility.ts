/** Which things are shown: the page's own choice, the reader's switches, the page's filters. */
import type { FilterSpecification, Map as LibreMap } from "maplibre-gl";
import { all, make, one } from "../dom";
import { say } from "../words";
import { answerOf } from "./answer";
import { type MapFeature, sourcesOf } from "./feature";
import { isFilteredOn } from "./features";
import { allOf, idFilter, needsServer, tileFilter } from "./filters";
import { fillLegends } from "./loaded";
import { showNotice } from "./notices";
import { amongIds, MOST_IDS } from "./point-filter";
import { layerIdsOf } from "./style-layers";
import { wishTiles } from "./tile-wishes";
import { pageQuery } from "./url-state";

const MAX_PAGES = 6;
const QUIET = 0.3;
const POINTS = "monitoring_points";

export class Visibility {
  private readonly original = new Map<string, FilterSpecification | undefined>();
  private readonly usual = new Map<string, never>();
  private asked = 0;
  /** The points come first: until they are there nothing else asks for its tiles. */
  private pointsFirst = true;

  constructor(
    private readonly map: LibreMap,
    private readonly kinds: () => readonly MapFeature[],
    /** The reader's own choice; undefined: the page decides. */
    private chosen: string[] | undefined,
    private readonly changed: () => void,
    /** The month that is shown; undefined for now. */
    private readonly at: () => string | undefined = () => undefined,
  ) {}

  get choice(): string[] | undefined {
    return this.chosen;
  }

  isShown(kind: MapFeature): boolean {
    if (this.chosen) return this.chosen.includes(kind.source);
    const only = onlyIds();
    if (only) return (only[kind.source]?.length ?? 0) > 0;
    return kind.shownOn(location.pathname) || isNamedByPage(kind.source);
  }

  shown(): MapFeature[] {
    return this.kinds().filter((kind) => this.isShown(kind));
  }

  /** The points are drawn: now all the rest. */
  pointsCame(): void {
    if (!this.pointsFirst) return;
    this.pointsFirst = false;
    this.apply();
  }

  private waits(kind: MapFeature): boolean {
    if (!this.pointsFirst || kind.source === POINTS) return false;
    return this.shown().some(({ source }) => source === POINTS);
  }

  /** Bring the map into step with the page and the switches. */
  apply(): void {
    for (const kind of this.kinds()) {
      const visibility = this.isShown(kind) && !this.waits(kind) ? "visible" : "none";
      for (const id of sourcesOf(kind).flatMap((source) => layerIdsOf(this.map, source))) {
        this.map.setLayoutProperty(id, "visibility", visibility);
      }
    }
    this.size();
    this.draw();
    this.dressLegend();
    void this.applyFilters();
  }

  /** What stands back among others comes forward when it is alone. */
  private size(): void {
    const whole = this.shown().filter(
      ({ source, partOf }) => !partOf && this.map.getSource(source),
    );
    const alone = whole.length === 1;
    for (const { source } of this.kinds()) {
      const metadata = this.map.getLayer(source)?.metadata as Record<string, never> | undefined;
      const large = metadata?.["size-alone"];
      if (!large) continue;
      if (!this.usual.has(source)) {
        this.usual.set(source, this.map.getLayoutProperty(source, "icon-size") as never);
      }
      this.map.setLayoutProperty(source, "icon-size", alone ? large : this.usual.get(source));
    }
  }

  /** The legend explains what is drawn now, and nothing else. */
  dressLegend(): void {
    const shown = new Set(this.shown().map(({ source }) => source));
    for (const part of all("[data-legend-for]")) {
      const { legendFor = "", legendMinzoom = "0", legendMaxzoom = "99" } = part.dataset;
      const zoom = this.map.getZoom();
      const isDrawn = zoom >= Number(legendMinzoom) && zoom < Number(legendMaxzoom);
      part.hidden = !shown.has(legendFor) || !isDrawn;
    }
  }

  /** Forget what the old style's layers had as filters. */
  reset(): void {
    this.original.clear();
  }

  /** Forget the filters of layers whose id begins with `prefix`: others of that name have taken their place. */
  forget(prefix: string): void {
    for (const id of this.original.keys()) if (id.startsWith(prefix)) this.original.delete(id);
  }

  private async applyFilters(): Promise<void> {
    this.asked += 1;
    const turn = this.asked;
    const query = pageQuery(location.search);
    const only = onlyIds();
    this.quiet(query);
    for (const kind of this.kinds()) {
      const listed = isFilteredOn(kind, location.pathname);
      const waiting = only?.[kind.source];
      if (kind.tileWish) {
        // What the reader switches on besides is shown whole.
        const asked = listed && !only ? query : new URLSearchParams();
        await this.wish(kind, asked, turn, waiting);
        continue;
      }
      if (only) {
        this.setFilter(kind, waiting && idFilter(waiting));
        continue;
      }
      const own = listed
        ? (kind.listFilter?.(query) ?? tileFilter(query, kind.tileFilters ?? {}))
        : undefined;
      this.setFilter(kind, own);
      if (
        !listed ||
        !kind.api ||
        !needsServer(query, kind.tileFilters ?? {}, kind.serverFilters ?? [])
      ) {
        continue;
      }
      const ids = await fetchIds(kind.api, query);
      if (turn === this.asked && ids) this.setFilter(kind, idFilter(ids));
    }
  }

  /** Where the page asks for some of one kind, the other kinds stand back and keep their names to themselves. */
  private quiet(query: URLSearchParams): void {
    const narrowed = (kind: MapFeature): boolean =>
      isFilteredOn(kind, location.pathname) && [...query.values()].some(Boolean);
    const asked = this.kinds().some(narrowed);
    for (const kind of this.kinds()) {
      const isQuiet = asked && !narrowed(kind) && this.isShown(kind);
      for (const source of sourcesOf(kind)) {
        if (this.map.getLayer(source)?.type !== "symbol") continue;
        this.map.setPaintProperty(source, "icon-opacity", isQuiet ? QUIET : 1);
        this.map.setPaintProperty(source, "text-opacity", isQuiet ? QUIET : 1);
        const plate = `${source}-plate`;
        if (this.map.getLayer(plate)) {
          if (!this.usual.has(plate)) {
            this.usual.set(plate, this.map.getPaintProperty(plate, "circle-opacity") as never);
          }
          const usual = this.usual.get(plate);
          this.map.setPaintProperty(plate, "circle-opacity", isQuiet ? QUIET : usual);
          this.map.setPaintProperty(plate, "circle-stroke-opacity", isQuiet ? QUIET : 1);
        }
      }
      if (isQuiet && this.map.getLayer(`${kind.source}-label`)) {
        this.map.setLayoutProperty(`${kind.source}-label`, "visibility", "none");
      }
    }
  }

  /** Have the server narrow what tiles hold, so that clusters count what the list counts. */
  private async wish(
    kind: MapFeature,
    query: URLSearchParams,
    turn: number,
    only: number[] | undefined,
  ): Promise<void> {
    const at = kind.hasPast ? this.at() : undefined;
    const asked = kind.tileWish?.(query);
    let ids = only;
    if (asked?.needsApi && kind.api) {
      const whole = new URLSearchParams(query);
      if (at) whole.set("at", at);
      ids = await fetchIds(kind.api, whole);
      if (turn !== this.asked) return;
    }
    if (ids && ids.length > MOST_IDS) showNotice(say("map.tooMany", { most: MOST_IDS }));
    const filter = ids ? amongIds(ids) : asked?.cql;
    for (const source of sourcesOf(kind)) wishTiles(this.map, source, { filter, at });
  }

  private setFilter(kind: MapFeature, extra: FilterSpecification | undefined): void {
    for (const id of layerIdsOf(this.map, kind.source)) {
      if (!this.original.has(id)) this.original.set(id, this.map.getFilter(id) ?? undefined);
      this.map.setFilter(id, allOf(this.original.get(id), extra));
    }
  }

  /** Draw the switches of the layer card. */
  draw(titles?: ReadonlyMap<string, string>): void {
    const box = one("[data-layer-list]");
    if (!box) return;
    if (titles) {
      box.replaceChildren(
        ...[...this.kinds()]
          .reverse()
          .map((kind) => this.switchFor(kind, titles.get(kind.source) ?? kind.source)),
      );
    }
    for (const input of all<HTMLInputElement>("input", box)) {
      const kind = this.kinds().find(({ source }) => source === input.value);
      input.checked = kind ? this.isShown(kind) : false;
    }
  }

  private switchFor(kind: MapFeature, title: string): HTMLElement {
    const input = make("input", { type: "checkbox", value: kind.source });
    input.addEventListener("change", () => this.toggle(kind, input.checked));
    return make("label", { class: "choice" }, input, make("span", { text: title }));
  }

  private toggle(kind: MapFeature, on: boolean): void {
    const shown = new Set(this.shown().map(({ source }) => source));
    if (on) shown.add(kind.source);
    else shown.delete(kind.source);
    this.chosen = [...shown];
    this.apply();
    void fillLegends();
    this.changed();
  }
}

/** The ids per tileset that the page itself lists as all there is to see (`#map-only`), if it does. */
export function onlyIds(): Readonly<Record<string, number[]>> | undefined {
  const text = one("#panel #map-only")?.textContent;
  return text ? (JSON.parse(text) as Record<string, number[]>) : undefined;
}

interface Listed {
  next: string | null;
  features?: { id: number }[];
  results?: { id: number }[] | { features: { id: number }[] };
}

/** Ask the API for the ids that a page's filters leave; undefined when it does not answer. */
async function fetchIds(api: string, query: URLSearchParams): Promise<number[] | undefined> {
  const ids: number[] = [];
  let next: string | null = `${api}?${query}`;
  for (let page = 0; next && page < MAX_PAGES; page += 1) {
    const body: Listed | undefined = await answerOf<Listed>(next);
    if (!body) return undefined;
    const rows =
      body.features ?? (Array.isArray(body.results) ? body.results : body.results?.features) ?? [];
    ids.push(...rows.map(({ id }) => Number(id)));
    next = body.next;
  }
  return ids;
}

/** Whether the page says that its map shows this layer: the one that was just imported. */
function isNamedByPage(id: string): boolean {
  return one("#panel [data-shows]")?.dataset.shows?.split(/\s+/).includes(id) ?? false;
}
