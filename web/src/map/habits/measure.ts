/** Measuring: corners by click, by finger or from the middle of the map, with what they make in words. */
import type { GeoJSONSource, MapMouseEvent } from "maplibre-gl";
import tokens from "../../../../ui/tokens.json";
import { all, announce, make } from "../../dom";
import { currentTheme } from "../../tokens";
import { say } from "../../words";
import type { LngLat } from "./datum";
import type { Surroundings } from "./index";
import { areaWithin, areaWords, hectaresOf, lengthOf, lengthWords, muOf } from "./lengths";

const SOURCE = "measure";

export type Measured = "length" | "area";

/** `2.41 km`, or area and perimeter; of fewer corners than that needs, what to do. */
export function measuredWords(corners: readonly LngLat[], what: Measured): string {
  const needed = what === "area" ? 3 : 2;
  if (corners.length < needed) return say("measure.begin");
  if (what === "length") return say("measure.length", { length: lengthWords(lengthOf(corners)) });
  const area = areaWithin(corners);
  const around = lengthOf([...corners, corners[0] as LngLat]);
  return say("measure.area", {
    area: areaWords(area),
    mu: muOf(area),
    ha: hectaresOf(area),
    around: lengthWords(around),
  });
}

export function shapeOf(corners: readonly LngLat[], what: Measured): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = corners.map((coordinates) => ({
    type: "Feature",
    properties: {},
    geometry: { type: "Point", coordinates },
  }));
  if (corners.length > 1) {
    const closed = what === "area" && corners.length > 2;
    const coordinates = closed ? [...corners, corners[0] as LngLat] : [...corners];
    features.unshift({
      type: "Feature",
      properties: {},
      geometry: closed
        ? { type: "Polygon", coordinates: [coordinates] }
        : { type: "LineString", coordinates },
    });
  }
  return { type: "FeatureCollection", features };
}

export class Measure {
  private corners: LngLat[] = [];
  private readonly words = make("output", { class: "map-bar-card__words" });
  private readonly bar: HTMLElement;

  constructor(
    private readonly around: Surroundings,
    private readonly what: Measured,
    private readonly ended: () => void,
  ) {
    const { map } = around;
    const buttons: [Parameters<typeof say>[0], () => void][] = [
      ["measure.middle", () => this.add(map.getCenter().toArray() as LngLat)],
      ["measure.undo", () => this.undo()],
      ["measure.end", () => this.stop()],
    ];
    this.bar = make("div", { class: "map-bar-card map-card", role: "group" }, this.words);
    for (const [words, act] of buttons) {
      const button = make("button", { type: "button", class: "btn btn--quiet", text: say(words) });
      button.addEventListener("click", act);
      this.bar.append(button);
    }
    around.region.append(this.bar);
    around.pause(true);
    map.doubleClickZoom.disable();
    map.getCanvas().classList.add("is-picking");
    map.on("click", this.clicked);
    map.on("style.load", this.draw);
    document.addEventListener("keydown", this.key);
    this.draw();
    all("button", this.bar)[0]?.focus();
  }

  stop(): void {
    const { map } = this.around;
    map.off("click", this.clicked);
    map.off("style.load", this.draw);
    document.removeEventListener("keydown", this.key);
    for (const id of ["fill", "line", "corner"]) {
      if (map.getLayer(`${SOURCE}-${id}`)) map.removeLayer(`${SOURCE}-${id}`);
    }
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    map.doubleClickZoom.enable();
    map.getCanvas().classList.remove("is-picking");
    this.bar.remove();
    this.around.pause(false);
    this.ended();
  }

  private readonly clicked = (event: MapMouseEvent): void =>
    this.add(event.lngLat.toArray() as LngLat);

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.stop();
    else if (event.key === "Backspace") this.undo();
  };

  private add(corner: LngLat): void {
    this.corners.push(corner);
    this.draw();
  }

  private undo(): void {
    this.corners.pop();
    this.draw();
  }

  private readonly draw = (): void => {
    const { map } = this.around;
    this.words.textContent = measuredWords(this.corners, this.what);
    if (this.corners.length > 1) announce(this.words.textContent);
    const data = shapeOf(this.corners, this.what);
    const source = map.getSource<GeoJSONSource>(SOURCE);
    if (source) {
      source.setData(data);
      return;
    }
    const colours = tokens.map[currentTheme()];
    map.addSource(SOURCE, { type: "geojson", data });
    map.addLayer({
      id: `${SOURCE}-fill`,
      type: "fill",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colours.measure, "fill-opacity": 0.15 },
    });
    map.addLayer({
      id: `${SOURCE}-line`,
      type: "line",
      source: SOURCE,
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": colours.measure, "line-width": 3 },
    });
    map.addLayer({
      id: `${SOURCE}-corner`,
      type: "circle",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 5,
        "circle-color": colours.halo,
        "circle-stroke-color": colours.measure,
        "circle-stroke-width": 2.5,
      },
    });
  };
}
