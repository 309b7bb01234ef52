/** Pointing and clicking on the map: a tooltip, the row that lifts, the page that opens. */
import { type Map as LibreMap, type MapGeoJSONFeature, type PointLike, Popup } from "maplibre-gl";
import { make } from "../dom";
import { navigate } from "../panel/navigation";
import { type MapFeature, text } from "./feature";
import type { Selection } from "./selection";
import { pointableLayers } from "./style-layers";

const MOUSE_REACH = 4;
const FINGER_REACH = 14;

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
      if (!this.paused) this.open(this.hit(event.point, reach));
    });
  }

  private hit(point: { x: number; y: number }, reach: number): Hit | undefined {
    const kinds = this.kinds();
    const layers = pointableLayers(
      this.map,
      kinds.map(({ source }) => source),
    );
    if (layers.length === 0) return undefined;
    const box: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const feature = this.map.queryRenderedFeatures(box, { layers })[0];
    const kind = kinds.find(({ source }) => source === feature?.source);
    return feature && kind ? { feature, kind } : undefined;
  }

  private hover(hit: Hit | undefined): void {
    this.map.getCanvas().style.cursor = hit && !this.paused ? "pointer" : "";
    if (!hit || this.paused) {
      this.selection.set("hover", undefined);
      this.tip.remove();
      return;
    }
    this.selection.set("hover", { source: hit.kind.source, id: Number(hit.feature.id) });
    const body = make("div", {}, make("strong", { text: text(hit.feature.properties.name) }));
    const hint = hit.kind.hint?.(hit.feature.properties);
    if (hint) body.append(make("span", { text: hint }));
    this.tip.setLngLat(placeOf(hit.feature, this.map)).setDOMContent(body).addTo(this.map);
  }

  private open(hit: Hit | undefined): void {
    if (!hit) return;
    this.tip.remove();
    const address = hit.kind.page?.(hit.feature.properties);
    this.selection.set("selected", { source: hit.kind.source, id: Number(hit.feature.id) });
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
