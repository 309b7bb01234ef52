/** Drawing a zone corner by corner on the map into a field that can also be typed: one `lng, lat` a line. */
import { all, make, one } from "../dom";
import { startMap } from "../map/bridge";
import type { Place } from "../map/pick";
import { say } from "../words";

/** The text with one corner more; a blank line begins another part. */
export function withCorner(text: string, { lng, lat }: Place): string {
  const line = `${lng.toFixed(6)}, ${lat.toFixed(6)}`;
  if (text.trim() === "") return line;
  return text.endsWith("\n\n") ? text + line : `${text.trimEnd()}\n${line}`;
}

/** The text without its last corner. */
export function withoutCorner(text: string): string {
  return text.trimEnd().split("\n").slice(0, -1).join("\n").trimEnd();
}

/** The parts of a zone as rings; a line that is no corner is left to the server to refuse. */
export function ringsOf(text: string): [number, number][][] {
  return text
    .split(/\n\s*\n/)
    .map((part) =>
      part
        .split("\n")
        .map((line) =>
          line
            .trim()
            .split(/[,\uFF0C\s]+/)
            .map(Number),
        )
        .filter(
          (corner): corner is [number, number] =>
            corner.length === 2 && corner.every(Number.isFinite),
        ),
    )
    .filter((ring) => ring.length > 0);
}

function featureOf(ring: [number, number][]): GeoJSON.Feature {
  const [first] = ring as [[number, number]];
  const geometry: GeoJSON.Geometry =
    ring.length > 2
      ? { type: "Polygon", coordinates: [[...ring, first]] }
      : ring.length > 1
        ? { type: "LineString", coordinates: ring }
        : { type: "Point", coordinates: first };
  return { type: "Feature", geometry, properties: { kind: "new" } };
}

async function show(field: HTMLTextAreaElement): Promise<void> {
  const map = await startMap();
  map?.sketch(ringsOf(field.value).map(featureOf));
}

function write(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  void show(field);
}

/** Ask for corner after corner until the reader stops (Escape, or the bar's button). */
async function drawOn(field: HTMLTextAreaElement): Promise<void> {
  const map = await startMap();
  for (;;) {
    const place = await map?.picker.pick();
    if (!place) return;
    write(field, withCorner(field.value, place));
  }
}

function dress(box: HTMLElement): void {
  const field = one<HTMLTextAreaElement>("textarea", box);
  if (!field) return;
  const draw = make("button", { type: "button", class: "btn", text: say("zone.draw") });
  const undo = make("button", { type: "button", class: "btn", text: say("zone.undo") });
  const part = make("button", { type: "button", class: "btn", text: say("zone.part") });
  draw.addEventListener("click", () => void drawOn(field));
  undo.addEventListener("click", () => write(field, withoutCorner(field.value)));
  part.addEventListener("click", () => write(field, `${field.value.trimEnd()}\n\n`));
  box.prepend(make("div", { class: "btn-row btn-row--top" }, draw, undo, part));
  field.addEventListener("change", () => void show(field));
  void show(field);
}

/** Give the zone field of the panel its buttons. */
export function dressZones(): void {
  for (const box of all("[data-draw-zone]").filter(
    ({ dataset }) => dataset.dressed === undefined,
  )) {
    box.dataset.dressed = "";
    dress(box);
  }
}
