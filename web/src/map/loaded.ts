/**
 * Layers that GIS staff loaded. The server says how each is drawn (`/styles/<name>.json`); here they only come, change
 * and go without a restart, and the style editor's draft stands in for a layer while its page is open.
 */
import type { LayerSpecification, Map as LibreMap, SourceSpecification } from "maplibre-gl";
import { all, make, one } from "../dom";
import { answerOf } from "./answer";
import type { MapFeature } from "./feature";
import { FEATURES } from "./features";
import { layerIdsOf } from "./style-layers";
import { tableFilter } from "./table-filter";

export interface LoadedEntry {
  id: string;
  title: string;
  /** Changes with the layer's rows, columns and style. */
  digest: string;
}

export interface StylePart {
  metadata?: unknown;
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

export function entriesOf(style: StylePart): LoadedEntry[] {
  return (style.metadata as { loaded?: LoadedEntry[] } | undefined)?.loaded ?? [];
}

/** The same style with loaded layers not drawn: which of them are shown is decided once the map is there. */
export function hideLoaded<S extends StylePart>(style: S): S {
  const loaded = new Set(entriesOf(style).map(({ id }) => id));
  const layers = style.layers.map((layer) =>
    "source" in layer && loaded.has(layer.source)
      ? { ...layer, layout: { ...layer.layout, visibility: "none" } }
      : layer,
  );
  return { ...style, layers: layers as LayerSpecification[] };
}

/** What must be taken away and what must be put (again) when `now` follows `before`. */
export function difference(before: readonly LoadedEntry[], now: readonly LoadedEntry[]) {
  const had = new Map(before.map((entry) => [entry.id, entry.digest]));
  const has = new Set(now.map(({ id }) => id));
  return {
    gone: before.map(({ id }) => id).filter((id) => !has.has(id)),
    fresh: now.filter(({ id, digest }) => had.get(id) !== digest).map(({ id }) => id),
  };
}

/** A loaded layer as a thing on the map: shown on its own page, and wherever the reader switches it on. */
export function loadedFeature({ id, title }: LoadedEntry): MapFeature {
  return {
    source: id,
    hint: () => title,
    page: ({ id: pk }) => (pk === undefined ? undefined : `/layers/${id}/features/${pk}/`),
    listPath: new RegExp(`^/layers/${id}/table/$`),
    listFilter: (query) => tableFilter(query, searchedColumns()),
    shownOn: (path) => path.startsWith(`/layers/${id}/`) || /^\/layers\/$/.test(path),
  };
}

/** The columns that the table's search looks into, as its page says. */
function searchedColumns(): string[] {
  return JSON.parse(one("[data-table-form]")?.dataset.texts ?? "[]") as string[];
}

export class LoadedLayers {
  private part: StylePart = { sources: {}, layers: [] };
  /** The layer that the style editor's draft is drawn for. */
  private drafted: string | undefined;

  constructor(private readonly map: LibreMap) {}

  get entries(): LoadedEntry[] {
    return entriesOf(this.part);
  }

  /** A whole style has come, loaded layers included. */
  adopt(style: StylePart): void {
    this.part = style;
    this.drafted = undefined;
    this.dressLegend();
  }

  /** Bring the map into step with what there is now; true when something changed. Nothing while no style is whole. */
  async refresh(address: string, isStyled: () => boolean): Promise<boolean> {
    const now = await answerOf<StylePart>(`${address}?part=loaded`);
    if (!now || !isStyled()) return false;
    const { gone, fresh } = difference(this.entries, entriesOf(now));
    if (gone.length + fresh.length === 0) return false;
    this.part = now;
    for (const id of [...gone, ...fresh]) this.remove(id);
    for (const id of fresh) this.put(id);
    this.dressLegend();
    return true;
  }

  /** Draw `layers` for `id` instead of its own; without them its own again. True when something was exchanged. */
  draft(id: string | undefined, layers: readonly LayerSpecification[] = []): boolean {
    const before = this.drafted;
    if (before && before !== id) this.exchange(before, this.own(before));
    this.drafted = id && this.map.getSource(id) ? id : undefined;
    if (this.drafted) this.exchange(this.drafted, layers);
    return before !== undefined || this.drafted !== undefined;
  }

  private own(id: string): LayerSpecification[] {
    return this.part.layers.filter((layer) => "source" in layer && layer.source === id);
  }

  private put(id: string): void {
    const source = this.part.sources[id];
    if (!source || this.map.getSource(id)) return;
    this.map.addSource(id, source);
    const above = this.map
      .getLayersOrder()
      .find((layer) => this.map.getLayer(layer)?.source === FEATURES[0]?.source);
    for (const layer of this.own(id)) this.map.addLayer(layer, above);
  }

  private remove(id: string): void {
    for (const layer of layerIdsOf(this.map, id)) this.map.removeLayer(layer);
    if (this.map.getSource(id)) this.map.removeSource(id);
  }

  private exchange(id: string, layers: readonly LayerSpecification[]): void {
    const order = this.map.getLayersOrder();
    const old = layerIdsOf(this.map, id);
    const above = old.length > 0 ? order[order.indexOf(old.at(-1) as string) + 1] : undefined;
    for (const layer of old) this.map.removeLayer(layer);
    for (const layer of layers) this.map.addLayer(layer, above);
  }

  /** A place for each layer in the legend; the words come from the server once it is shown. */
  private dressLegend(): void {
    one("[data-legend-loaded]")?.replaceChildren(
      ...this.entries.map(({ id, title }) =>
        make(
          "li",
          { "data-legend-for": id, hidden: "" },
          make("a", { href: `/layers/${id}/`, text: title }),
          make("div", { "data-legend-body": id }),
        ),
      ),
    );
  }
}

/** Ask for the legends of the layers that are shown and have none yet. */
export async function fillLegends(): Promise<void> {
  for (const body of all("[data-legend-for]:not([hidden]) > [data-legend-body]:empty")) {
    const answer = await fetch(`/layers/${body.dataset.legendBody}/legend/`).catch(() => undefined);
    if (!answer?.ok) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    body.replaceChildren(...page.body.childNodes);
  }
}

/** The map's legend says what the draft draws; without a draft the layers' own legends are asked for again. */
export function showDraftLegend(id: string | undefined, drafted: HTMLElement | null): void {
  for (const body of all("[data-legend-body][data-drafted]")) {
    body.replaceChildren();
    delete body.dataset.drafted;
  }
  const body = id ? one(`[data-legend-body="${id}"]`) : null;
  if (body && drafted) {
    body.replaceChildren(...[...drafted.children].map((child) => child.cloneNode(true)));
    body.dataset.drafted = "";
  }
  void fillLegends();
}
