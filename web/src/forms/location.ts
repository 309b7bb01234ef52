/** Choosing a place: by the device, on the map, or by typing (which needs none of this). */
import { all, make, one } from "../dom";
import { offerMap, startMap } from "../map/bridge";
import { showNotice } from "../map/notices";
import type { Place } from "../map/pick";
import { whereAmI } from "../map/where";
import { setSheet, wantedHeight } from "../panel/sheet";
import { say } from "../words";

interface PlaceFields {
  lng: HTMLInputElement;
  lat: HTMLInputElement;
}

function readPlace({ lng, lat }: PlaceFields): Place | undefined {
  if (!lng.value || !lat.value) return undefined;
  const place = { lng: Number(lng.value), lat: Number(lat.value) };
  return Number.isFinite(place.lng) && Number.isFinite(place.lat) ? place : undefined;
}

function writePlace(fields: PlaceFields, place: Place): void {
  fields.lng.value = place.lng.toFixed(6);
  fields.lat.value = place.lat.toFixed(6);
  fields.lat.dispatchEvent(new Event("input", { bubbles: true }));
}

async function showMark(fields: PlaceFields): Promise<void> {
  const map = await startMap();
  map?.picker.mark(readPlace(fields), (place) => writePlace(fields, place));
}

async function useDevice(fields: PlaceFields, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  try {
    writePlace(fields, await whereAmI());
    void showMark(fields);
  } catch {
    showNotice(say("map.noLocation"));
  } finally {
    button.disabled = false;
  }
}

async function pickOnMap(fields: PlaceFields): Promise<void> {
  setSheet("peek");
  const map = await startMap();
  if (!map) return setSheet(wantedHeight());
  const place = await map.picker.pick();
  if (!place) return;
  writePlace(fields, place);
  await showMark(fields);
}

/** Appears when a photo of the form says where it was taken; nothing is taken over without a tap. */
function photoButton(fields: PlaceFields, form: HTMLFormElement | null): HTMLElement {
  const button = make("button", { type: "button", class: "btn", text: say("report.photoPlace") });
  let place: Place | undefined;
  button.hidden = true;
  form?.addEventListener("photo:place", (event) => {
    place = (event as CustomEvent<Place>).detail;
    button.hidden = false;
  });
  form?.addEventListener("reset", () => {
    button.hidden = true;
  });
  button.addEventListener("click", () => {
    if (!place) return;
    writePlace(fields, place);
    void showMark(fields);
  });
  return button;
}

function dress(box: HTMLElement): void {
  const lng = one<HTMLInputElement>("input[name='lng'], input[name$='-lng']", box);
  const lat = one<HTMLInputElement>("input[name='lat'], input[name$='-lat']", box);
  if (!lng || !lat) return;
  const fields = { lng, lat };
  const device = make("button", { type: "button", class: "btn", text: say("report.useLocation") });
  const pick = make("button", { type: "button", class: "btn", text: say("report.pick") });
  // A page that is kept for when there is no signal has no map.
  pick.hidden = one("#map") === null;
  const status = make("p", { class: "field__help", role: "status" });
  const tell = (): void => {
    const place = readPlace(fields);
    status.textContent = place
      ? say("report.placed", { lat: place.lat.toFixed(5), lng: place.lng.toFixed(5) })
      : "";
  };
  device.addEventListener("click", () => void useDevice(fields, device));
  pick.addEventListener("click", () => void pickOnMap(fields));
  const photo = photoButton(fields, box.closest("form"));
  box.prepend(make("div", { class: "btn-row btn-row--top" }, device, pick, photo), status);
  lat.addEventListener("input", tell);
  box.closest("form")?.addEventListener("draft:restored", tell);
  box.closest("form")?.addEventListener("reset", () => window.setTimeout(tell));
  tell();
  for (const field of [lng, lat]) field.addEventListener("change", () => void showMark(fields));
  box.closest("form")?.addEventListener("draft:restored", () => void showMark(fields));
  void showMark(fields);
}

/** Give the place fields of the panel their buttons; without any, the map has no mark. */
export function dressLocations(): void {
  const boxes = all("[data-pick-location]");
  if (boxes.length === 0) {
    void offerMap().then((map) => map?.picker.mark(undefined));
    return;
  }
  for (const box of boxes.filter(({ dataset }) => dataset.dressed === undefined)) {
    box.dataset.dressed = "";
    dress(box);
  }
}
