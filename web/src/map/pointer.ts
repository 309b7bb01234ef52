/** Pointing and clicking on the map: a tooltip, the row that lifts, the page that opens. */
import { type Map as LibreMap, type MapGeoJSONFeature, type PointLike, Popup } from "maplibre-gl";
import { make } from "../dom";
import { navigate } from "../panel/navigation";
import { heapWords, isHeap, refOf } from "./clusters";
import { type MapFeature, sourcesOf, text } from "./feature";
import { kindOf } from "./features";
import type { Selection } from "./selection";
import { pointableLayers } from "./style-layers";

const MOUSE_REACH = 4;
const FINGER_REACH = 14;
/** How much closer a click on a heap goes. */
const CLOSER = 1.6;

interface Hit {
  feature: MapGeoJSONFeature;
  kind: MapFeature;
}

export class Pointer {
  private readonly tip = new Popup({
    closeButton: false,
    closeOnClick: false,
    className: "map-tip",
    offset: 18,
    maxWidth: "260px",
  });
  /** While a place is being picked, clicks belong to the picker. */
  paused = false;

  constructor(
    private readonly map: LibreMap,
    private readonly selection: Selection,
    private readonly kinds: () => readonly MapFeature[],
  ) {
    map.on("mousemove", (event) => this.hover(this.hit(event.point, MOUSE_REACH)));
    map.on("mouseout", () => this.hover(undefined));
    map.on("click", (event) => {
      const reach = matchMedia("(pointer: coarse)").matches ? FINGER_REACH : MOUSE_REACH;
      if (!this.paused) this.open(this.hit(event.point, reach), event.originalEvent);
    });
  }

  private hit(point: { x: number; y: number }, reach: number): Hit | undefined {
    const kinds = this.kinds();
    const layers = pointableLayers(this.map, kinds.flatMap(sourcesOf));
    if (layers.length === 0) return undefined;
    const box: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const feature = this.map.queryRenderedFeatures(box, { layers })[0];
    const kind = kindOf(kinds, feature?.source);
    return feature && kind ? { feature, kind } : undefined;
  }

  private hover(hit: Hit | undefined): void {
    this.map.getCanvas().style.cursor = hit && !this.paused ? "pointer" : "";
    if (!hit || this.paused) {
      this.selection.set("hover", undefined);
      this.tip.remove();
      return;
    }
    const { source, id, properties } = hit.feature;
    this.selection.set("hover", refOf(source, id, properties));
    const heap = isHeap(source, properties) ? heapWords(source, properties) : undefined;
    const body = make("div", {}, make("strong", { text: heap?.title ?? text(properties.name) }));
    const hint = heap?.hint ?? hit.kind.hint?.(properties);
    if (hint) body.append(make("span", { text: hint }));
    this.tip.setLngLat(placeOf(hit.feature, this.map)).setDOMContent(body).addTo(this.map);
  }

  private open(hit: Hit | undefined, originalEvent: MouseEvent): void {
    if (!hit) return;
    this.tip.remove();
    const { source, id, properties } = hit.feature;
    if (isHeap(source, properties)) {
      // The reader's own move: the address keeps where it leads.
      const zoom = this.map.getZoom() + CLOSER;
      this.map.easeTo({ center: placeOf(hit.feature, this.map), zoom }, { originalEvent });
      return;
    }
    const address = hit.kind.page?.(properties);
    this.selection.set("selected", refOf(source, id, properties));
    if (address) navigate(address);
    else this.describe(hit);
  }

  /** A feature without a page of its own (a loaded layer): what its row says. */
  private describe({ feature, kind }: Hit): void {
    const facts = make("dl", { class: "kv kv--tight" });
    for (const [name, value] of Object.entries(feature.properties)) {
      if (text(value)) facts.append(make("dt", { text: name }), make("dd", { text: text(value) }));
    }
    const body = make("div", { class: "map-facts" }, facts);
    const about = kind.hint?.(feature.properties);
    if (about) body.prepend(make("strong", { text: about }));
    new Popup({ className: "map-popup", maxWidth: "320px" })
      .setLngLat(placeOf(feature, this.map))
      .setDOMContent(body)
      .addTo(this.map);
  }
}

/** Where to put words about a feature: on its point, or in the middle of the view for lines and areas. */
function placeOf(feature: MapGeoJSONFeature, map: LibreMap): [number, number] {
  const { geometry } = feature;
  if (geometry.type === "Point") return geometry.coordinates as [number, number];
  if (geometry.type === "LineString") {
    return geometry.coordinates[Math.floor(geometry.coordinates.length / 2)] as [number, number];
  }
  if (geometry.type === "Polygon") return geometry.coordinates[0]?.[0] as [number, number];
  const { lng, lat } = map.getCenter();
  return [lng, lat];
}
