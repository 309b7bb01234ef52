/** The photos of one field as a grid: taken or chosen, made smaller, looked at, put in order, taken out again. */
import { make } from "../dom";
import { say } from "../words";
import { exifOf, type Place, placeOf } from "./exif";
import { shrink } from "./shrink";

const LIMIT_BYTES = 15 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;
const TYPES = /^image\/(jpeg|png|webp|heic|heif)$/;

interface Item {
  /** As it is sent; as it was chosen while it is being made smaller. */
  file: File;
  shown: string;
  working: boolean;
  reason: string;
}

/** Why a file cannot be sent as a photo; "" when it can. */
export function refusal(file: { name: string; size: number; type: string }): string {
  if (!TYPES.test(file.type)) return say("report.notPhoto", { name: file.name });
  if (file.size <= LIMIT_BYTES) return "";
  return say("report.tooBig", {
    name: file.name,
    size: (file.size / MEGABYTE).toFixed(1),
    limit: LIMIT_BYTES / MEGABYTE,
  });
}

/** What a form was last sent with from this page, by form and field: it may come back, and the browser forgets files. */
let sent: { key: string; files: File[] }[] = [];

function keyOf(input: HTMLInputElement): string {
  const form = input.form;
  const step = form?.elements.namedItem("to_state");
  const value = step instanceof HTMLInputElement ? step.value : "";
  return [new URL(form?.action ?? "", location.href).pathname, value, input.name].join(" ");
}

export class Tray {
  private items: Item[] = [];
  private readonly list = make("ul", { class: "photo-tray", role: "list" });
  private readonly error = make("p", { class: "field__error", role: "alert" });
  private readonly count = make("p", { class: "field__help", role: "status" });
  private writing = false;
  private readonly most: number;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly smaller: (file: File) => Promise<File> = shrink,
  ) {
    this.most = input.multiple ? Number(input.dataset.most ?? 9) : 1;
    input.classList.add("photo-tray__input");
    input.after(this.error, this.list, this.count);
    input.addEventListener("change", () => void this.chosen());
    input.form?.addEventListener("reset", () => this.clear());
    input.form?.addEventListener("submit", (event) => this.hold(event), { capture: true });
    input.form?.addEventListener("htmx:beforeRequest", (event) => this.refuse(event), {
      capture: true,
    });
    this.draw();
    this.restore();
  }

  /** A form that came back with what is wrong has its photos again, unless the server has kept them. */
  private restore(): void {
    const key = keyOf(this.input);
    const kept = sent.find((each) => each.key === key);
    sent = sent.filter((each) => each !== kept);
    const isRefused = document.querySelector(
      "#panel .error-summary, #panel .has-error, #panel #near",
    );
    const held = this.input.form?.elements.namedItem("held");
    if (!kept || !isRefused || (held instanceof HTMLInputElement && held.value)) return;
    void this.add(kept.files);
    // Other files are gone all the same, and the note says so.
    if (this.input.form?.querySelector("input[type='file']:not([accept*='image'])")) return;
    for (const note of document.querySelectorAll<HTMLElement>("[data-photos-gone]")) {
      note.hidden = true;
    }
  }

  /** Files that are not to be lost among those that are there already. */
  async add(files: File[]): Promise<void> {
    if (files.length === 0) return;
    if (this.most === 1) this.clear();
    const room = Math.max(0, this.most - this.items.length);
    const fresh = files.slice(0, room).map((file) => this.itemOf(file));
    this.items.push(...fresh);
    this.write();
    if (files.length > room) this.error.textContent = say("photos.most", { most: this.most });
    await Promise.all(fresh.map((item) => this.prepare(item)));
  }

  private itemOf(file: File): Item {
    const reason = TYPES.test(file.type) ? "" : refusal(file);
    const shown = reason ? "" : URL.createObjectURL(file);
    return { file, shown, working: reason === "", reason };
  }

  private async prepare(item: Item): Promise<void> {
    if (!item.working) return;
    const original = item.file;
    this.offer(placeOf(exifOf(new Uint8Array(await original.slice(0, 262_144).arrayBuffer()))));
    item.file = await this.smaller(original);
    item.reason = refusal(item.file);
    item.working = false;
    this.write();
  }

  /** The place of the photo is offered to the form, never taken by itself. */
  private offer(place: Place | undefined): void {
    if (!place) return;
    this.input.form?.dispatchEvent(new CustomEvent("photo:place", { detail: place }));
  }

  private async chosen(): Promise<void> {
    if (this.writing) return;
    const files = [...(this.input.files ?? [])];
    // A chooser that was closed without a choice empties the field; what was there stays.
    if (files.length === 0) this.write();
    else await this.add(files);
  }

  private clear(): void {
    for (const { shown } of this.items) if (shown) URL.revokeObjectURL(shown);
    this.items = [];
    this.error.textContent = "";
    this.draw();
  }

  private remove(item: Item): void {
    if (item.shown) URL.revokeObjectURL(item.shown);
    const index = this.items.indexOf(item);
    this.items = this.items.filter((other) => other !== item);
    this.error.textContent = "";
    this.write();
    const next = this.list.querySelectorAll<HTMLElement>("[data-remove]")[Math.max(0, index - 1)];
    (next ?? this.input).focus();
  }

  private move(item: Item, by: number): void {
    const from = this.items.indexOf(item);
    const to = from + by;
    const other = this.items[to];
    if (!other) return;
    this.items[to] = item;
    this.items[from] = other;
    this.write();
    this.list.querySelectorAll<HTMLElement>(`[data-move="${by}"]`)[to]?.focus();
  }

  /** Put what is in order into the field itself: the form sends it with or without this grid. */
  private write(): void {
    const files = new DataTransfer();
    for (const { file, reason } of this.items) if (!reason) files.items.add(file);
    this.writing = true;
    this.input.files = files.files;
    const reasons = this.items.map(({ reason }) => reason).filter(Boolean);
    this.input.setCustomValidity(reasons.join(" "));
    this.input.setAttribute("aria-invalid", String(reasons.length > 0));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.writing = false;
    this.draw();
  }

  private get working(): boolean {
    return this.items.some(({ working }) => working);
  }

  /** A form that is sent while a photo is being made smaller goes when that is done. */
  private hold(event: SubmitEvent): void {
    if (!this.working) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target as HTMLFormElement;
    const wait = (): void => {
      if (this.working) window.setTimeout(wait, 100);
      else form.requestSubmit(event.submitter);
    };
    wait();
  }

  private refuse(event: Event): void {
    if (event.target !== this.input.form) return;
    if (this.input.validationMessage === "") {
      const key = keyOf(this.input);
      const files = this.items.map(({ file }) => file);
      sent = sent.filter((each) => each.key !== key);
      if (files.length > 0) sent.push({ key, files });
      return;
    }
    event.preventDefault();
    this.input.focus();
  }

  private draw(): void {
    const places = this.items.map((item, index) => this.tile(item, index));
    if (this.items.length < this.most) places.push(...this.openTiles());
    this.list.replaceChildren(...places);
    const bytes = this.items.reduce((sum, { file }) => sum + file.size, 0);
    this.count.textContent = this.items.length
      ? say("photos.count", {
          count: this.items.length,
          most: this.most,
          size: (bytes / MEGABYTE).toFixed(1),
        })
      : "";
    if (this.working) this.count.textContent += say("photos.working");
  }

  private tile(item: Item, index: number): HTMLElement {
    const number = index + 1;
    const picture = item.shown
      ? make("img", { src: item.shown, alt: say("photos.alt", { number, name: item.file.name }) })
      : make("span", { class: "photo-tray__none", text: item.file.name });
    const tools = make("div", { class: "photo-tray__tools" });
    if (this.items.length > 1) {
      tools.append(this.tool("‹", say("photos.earlier", { number }), index === 0, item, -1));
      const last = index === this.items.length - 1;
      tools.append(this.tool("›", say("photos.later", { number }), last, item, 1));
    }
    const out = make("button", {
      type: "button",
      class: "photo-tray__tool",
      "data-remove": "",
      "aria-label": say("photos.remove", { number }),
      text: "×",
    });
    out.addEventListener("click", () => this.remove(item));
    tools.append(out);
    const tile = make("li", { class: "photo-tray__tile" }, picture, tools);
    tile.setAttribute("aria-busy", String(item.working));
    if (item.reason) tile.append(make("p", { class: "field__error", text: item.reason }));
    return tile;
  }

  private tool(sign: string, label: string, off: boolean, item: Item, by: number): HTMLElement {
    const attributes = { type: "button", class: "photo-tray__tool", "aria-label": label };
    const button = make("button", { ...attributes, "data-move": String(by), text: sign });
    if (off) button.setAttribute("disabled", "");
    button.addEventListener("click", () => this.move(item, by));
    return button;
  }

  /** A phone has a tile for its camera; everything has one for its album. */
  private openTiles(): HTMLElement[] {
    const album = make("button", {
      type: "button",
      class: "photo-tray__open",
      text: say(this.items.length ? "photos.more" : "photos.album"),
    });
    album.addEventListener("click", () => this.input.click());
    const tiles = [make("li", { class: "photo-tray__tile" }, album)];
    if (!matchMedia("(pointer: coarse)").matches) return tiles;
    const camera = make("button", {
      type: "button",
      class: "photo-tray__open photo-tray__open--camera",
      text: say("photos.camera"),
    });
    camera.addEventListener("click", () => this.photograph());
    return [make("li", { class: "photo-tray__tile" }, camera), ...tiles];
  }

  private photograph(): void {
    const lens = make("input", { type: "file", accept: "image/*", capture: "environment" });
    lens.addEventListener("change", () => void this.add([...(lens.files ?? [])]));
    lens.click();
  }
}
