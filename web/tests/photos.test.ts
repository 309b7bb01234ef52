import { Window } from "happy-dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exifOf, placeOf, withExif } from "../src/forms/exif";
import { fitted } from "../src/forms/shrink";
import { Tray } from "../src/forms/tray";

/** A TIFF block in big-endian order: orientation 6, and a place when asked for. */
function tiff(latitude = [29, 51, 36], longitude = [121, 33, 0], side = "N"): number[] {
  const short = (n: number) => [n >> 8, n & 255];
  const long = (n: number) => [0, 0, ...short(n)];
  const entry = (tag: number, kind: number, count: number, value: number[]) => [
    ...short(tag),
    ...short(kind),
    ...long(count),
    ...value,
  ];
  const letter = (text: string) => [text.charCodeAt(0), 0, 0, 0];
  const numbers = (list: number[]) => list.flatMap((n) => [...long(n), ...long(1)]);
  const gps = 8 + 2 + 24 + 4;
  const after = gps + 2 + 48 + 4;
  return [
    ...[0x4d, 0x4d, 0, 42, ...long(8)],
    ...[...short(2), ...entry(0x0112, 3, 1, [0, 6, 0, 0]), ...entry(0x8825, 4, 1, long(gps))],
    ...long(0),
    ...[...short(4), ...entry(1, 2, 2, letter(side)), ...entry(2, 5, 3, long(after))],
    ...[...entry(3, 2, 2, letter("E")), ...entry(4, 5, 3, long(after + 24))],
    ...[...long(0), ...numbers(latitude), ...numbers(longitude)],
  ];
}

function jpeg(block: number[]): Uint8Array {
  const exif = [...[..."Exif"].map((one) => one.charCodeAt(0)), 0, 0, ...block];
  const length = exif.length + 2;
  const jfif = [0xff, 0xe0, 0, 4, 1, 1];
  return new Uint8Array([
    0xff,
    0xd8,
    ...jfif,
    0xff,
    0xe1,
    length >> 8,
    length & 255,
    ...exif,
    0xff,
    0xda,
  ]);
}

describe("what a photo says of itself", () => {
  it("is its place, south and west below zero", () => {
    const place = placeOf(exifOf(jpeg(tiff())));
    expect(place?.lat).toBeCloseTo(29.86, 6);
    expect(place?.lng).toBeCloseTo(121.55, 6);
    expect(placeOf(exifOf(jpeg(tiff([29, 0, 0], [121, 0, 0], "S"))))?.lat).toBe(-29);
  });

  it("goes over to the smaller photo, which lies upright already", () => {
    const exif = exifOf(jpeg(tiff())) as Uint8Array;
    const smaller = withExif(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 7]), exif);
    expect(placeOf(exifOf(smaller))).toEqual(placeOf(exif));
    const kept = exifOf(smaller) as Uint8Array;
    expect(kept[10 + 8 + 2 + 9]).toBe(1);
    expect(exif[10 + 8 + 2 + 9]).toBe(6);
    expect([...smaller.subarray(-3)]).toEqual([0xff, 0xda, 7]);
  });

  it("is nothing where the bytes are cut, lie or are no photo", () => {
    const whole = jpeg(tiff());
    for (let length = 0; length < whole.length - 2; length += 1) {
      expect(placeOf(exifOf(whole.subarray(0, length)))).toBeUndefined();
    }
    expect(placeOf(exifOf(jpeg(tiff([200, 0, 0]))))).toBeUndefined();
    expect(placeOf(exifOf(jpeg(tiff([0, 0, 0], [0, 0, 0]))))).toBeUndefined();
    expect(exifOf(new Uint8Array(1_000_000).fill(0xff))).toBeUndefined();
    const noise = Array.from({ length: 60_000 }, (_, index) => (index * 7919) % 256);
    expect(placeOf(exifOf(jpeg([0x49, 0x49, 42, 0, 8, 0, 0, 0, ...noise])))).toBeUndefined();
  });

  it("fits 2048 px and is never made larger", () => {
    expect(fitted(4032, 3024)).toEqual([2048, 1536]);
    expect(fitted(640, 480)).toEqual([640, 480]);
    expect(fitted(100_000, 1)).toEqual([2048, 1]);
  });
});

describe("the grid of a form's photos", () => {
  let page: Window;
  let input: HTMLInputElement;
  const photo = (name: string, type = "image/jpeg") => new File([name], name, { type });
  const names = () => [...(input.files ?? [])].map(({ name }) => name);
  const press = (label: string) =>
    [...document.querySelectorAll<HTMLElement>("button")]
      .find((button) => button.getAttribute("aria-label") === label)
      ?.click();

  class Files {
    files: File[] = [];
    items = { add: (file: File) => this.files.push(file) };
  }

  beforeEach(() => {
    page = new Window();
    page.document.documentElement.lang = "zh-Hans";
    page.document.body.innerHTML =
      '<form><div class="field"><input type="file" multiple data-most="3" accept="image/jpeg"></div></form>';
    vi.stubGlobal("window", page);
    vi.stubGlobal("document", page.document);
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    vi.stubGlobal("DataTransfer", Files);
    vi.stubGlobal("Event", page.Event);
    vi.stubGlobal("CustomEvent", page.CustomEvent);
    vi.stubGlobal("URL", page.URL);
    vi.stubGlobal("location", { href: "https://site.test/" });
    vi.stubGlobal("HTMLInputElement", page.HTMLInputElement);
    page.URL.createObjectURL = () => "blob:1";
    page.URL.revokeObjectURL = () => undefined;
    input = page.document.querySelector("input") as unknown as HTMLInputElement;
    Object.defineProperty(input, "files", { value: [], writable: true });
  });

  afterEach(() => vi.unstubAllGlobals());

  const tray = (smaller = async (file: File) => file) => new Tray(input, smaller);

  it("adds to what is there, up to the most, and says what was left out", async () => {
    const own = tray();
    await own.add([photo("a.jpg"), photo("b.jpg")]);
    await own.add([photo("c.jpg"), photo("d.jpg")]);
    expect(names()).toEqual(["a.jpg", "b.jpg", "c.jpg"]);
    expect(document.body.textContent).toContain("最多 3 张");
  });

  it("puts photos in order and takes them out again", async () => {
    await tray().add([photo("a.jpg"), photo("b.jpg"), photo("c.jpg")]);
    press("照片 1 后移");
    expect(names()).toEqual(["b.jpg", "a.jpg", "c.jpg"]);
    press("移去照片 2");
    expect(names()).toEqual(["b.jpg", "c.jpg"]);
  });

  it("keeps what was chosen when a chooser is closed without a choice", async () => {
    await tray().add([photo("a.jpg")]);
    input.files = [] as unknown as FileList;
    input.dispatchEvent(new Event("change"));
    expect(names()).toEqual(["a.jpg"]);
  });

  it("does not send what is no photo, and says so until it is taken out", async () => {
    await tray().add([photo("note.pdf", "application/pdf"), photo("a.jpg")]);
    expect(names()).toEqual(["a.jpg"]);
    expect(input.validationMessage).toContain("note.pdf");
    press("移去照片 1");
    expect(input.validationMessage).toBe("");
  });

  it("holds the form while a photo is being made smaller", async () => {
    let ready: (file: File) => void = () => undefined;
    const own = tray(() => new Promise((resolve) => (ready = resolve)));
    const adding = own.add([photo("large.jpg")]);
    await Promise.resolve();
    const submit = new Event("submit", { cancelable: true });
    input.form?.dispatchEvent(submit);
    expect(submit.defaultPrevented).toBe(true);
    await new Promise((resolve) => setTimeout(resolve));
    ready(photo("small.jpg"));
    await adding;
    expect(names()).toEqual(["small.jpg"]);
  });

  it("comes back with its photos when the form was refused, and not when it was taken", async () => {
    const panel = (more: string) => {
      page.document.body.innerHTML = `<main id="panel">${more}<form action="/p/"><div class="field">
        <input type="file" name="photo" accept="image/jpeg"></div></form></main>`;
      input = page.document.querySelector("input") as unknown as HTMLInputElement;
      Object.defineProperty(input, "files", { value: [], writable: true });
      return new Tray(input, async (file) => file);
    };
    const go = () => input.form?.dispatchEvent(new Event("htmx:beforeRequest"));
    await panel("").add([photo("a.jpg")]);
    go();
    panel('<div class="error-summary"></div>');
    await vi.waitFor(() => expect(names()).toEqual(["a.jpg"]));
    go();
    panel("");
    panel('<div class="error-summary"></div>');
    await new Promise((resolve) => setTimeout(resolve));
    expect(names()).toEqual([]);
  });
});
