/** A map that draws nothing: layers, filters and events, as far as our own modules ask for them. */
import type { Map as LibreMap } from "maplibre-gl";

interface Layer {
  id: string;
  source: string;
  type?: string;
  metadata?: Record<string, unknown>;
}

type Listener = (event: { originalEvent?: Event }) => void;

export class FakeMap {
  readonly filters = new Map<string, unknown>();
  readonly layout = new Map<string, unknown>();
  readonly paint = new Map<string, unknown>();
  readonly asked: string[][] = [];
  rendered: { id: number; properties: Record<string, unknown> }[] = [];
  zoom = 12;
  private readonly listeners = new Map<string, Listener[]>();

  constructor(readonly layers: Layer[]) {}

  on(event: string, listener: Listener): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }

  fire(event: string): void {
    for (const listener of this.of(event)) listener({});
  }

  protected of(event: string): Listener[] {
    return this.listeners.get(event) ?? [];
  }

  getLayersOrder = (): string[] => this.layers.map(({ id }) => id);
  getLayer = (id: string): Layer | undefined => this.layers.find((layer) => layer.id === id);
  getSource = (name: string): object | undefined =>
    this.layers.some(({ source }) => source === name) ? { type: "geojson" } : undefined;
  getFilter = (id: string): unknown => this.filters.get(id);
  setFilter = (id: string, filter: unknown): void => void this.filters.set(id, filter);
  getZoom = (): number => this.zoom;
  getLayoutProperty = (id: string, name: string): unknown => this.layout.get(`${id}.${name}`);
  setLayoutProperty = (id: string, name: string, value: unknown): void =>
    void this.layout.set(`${id}.${name}`, value);
  getPaintProperty = (id: string, name: string): unknown => this.paint.get(`${id}.${name}`);
  setPaintProperty = (id: string, name: string, value: unknown): void =>
    void this.paint.set(`${id}.${name}`, value);
  getBounds = () => ({
    getWest: () => 121.3,
    getSouth: () => 29.8,
    getEast: () => 121.4,
    getNorth: () => 29.9,
  });
  queryRenderedFeatures = (): unknown[] => this.rendered;

  visible(id: string): boolean {
    return this.layout.get(`${id}.visibility`) === "visible";
  }

  get asMap(): LibreMap {
    return this as unknown as LibreMap;
  }
}
