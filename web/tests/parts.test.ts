// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { all, one } from "../src/dom";
import { asked, dressParts } from "../src/forms/parts";

const part = (n: string) =>
  `<fieldset data-part><legend>Block <span data-part-number>${n}</span></legend>
  <div class="field"><input data-place name="form-${n}-place" value="${n}"></div>
  <div class="field"><select name="form-${n}-kind"><option value=""></option><option value="map">m</option>
    <option value="table">t</option><option value="text">w</option></select></div>
  <div class="field"><select name="form-${n}-indicators" multiple data-for="map table" data-many="table">
    <option value="">-</option><option value="a">a</option><option value="b">b</option></select></div>
  <div class="field"><select name="form-${n}-method" data-for="map"><option value="natural">n</option></select></div>
  <div class="field"><textarea name="form-${n}-text"></textarea></div>
  <p data-part-moves hidden><button type="button" data-part-move="-1">up</button>
    <button type="button" data-part-move="1">down</button></p></fieldset>`;

/** The fields of a part that are shown, by the last word of their names. */
const names = (index: number) =>
  all("[name]", all("[data-part]")[index])
    .filter((control) => !control.closest<HTMLElement>(".field")?.hidden)
    .map((control) => control.getAttribute("name")?.split("-")[2]);

beforeEach(() => {
  document.body.innerHTML = `<form><input name="form-TOTAL_FORMS" value="2"><input name="form-MAX_NUM_FORMS" value="3">
    <div data-parts="form">${part("0")}${part("1")}<template>${part("__prefix__")}</template>
    <button type="button" data-part-add hidden>add</button></div></form>`;
  for (const [n, kind] of ["map", "text"].entries()) {
    const chooser = one<HTMLSelectElement>(`[name=form-${n}-kind]`);
    if (chooser) chooser.value = kind;
  }
  dressParts();
});

test("a part asks for what its kind needs", () => {
  expect(names(0)).toEqual(["kind", "indicators", "method", "text"]);
  expect(names(1)).toEqual(["kind", "text"]);
  expect([asked(undefined, ""), asked("map", "table"), asked("map table", "table")]).toEqual([
    false,
    false,
    true,
  ]);
});

test("one entry or several, by the kind, and what was chosen stays", () => {
  const [kind, list] = ["form-0-kind", "form-0-indicators"].map((name) =>
    one<HTMLSelectElement>(`[name=${name}]`),
  );
  if (!kind || !list) throw new Error("no part");
  expect([list.multiple, list.value]).toEqual([false, ""]);
  list.value = "b";
  kind.value = "table";
  kind.dispatchEvent(new Event("change", { bubbles: true }));
  expect([list.multiple, [...list.selectedOptions].map((x) => x.value)]).toEqual([true, ["b"]]);
});

test("parts change places, and their numbers follow", () => {
  one<HTMLButtonElement>("[data-part]:nth-of-type(2) [data-part-move='-1']")?.click();
  expect(all<HTMLInputElement>("[data-place]").map((x) => [x.name, x.value])).toEqual([
    ["form-1-place", "1"],
    ["form-0-place", "2"],
  ]);
  expect(all("[data-part-number]").map((x) => x.textContent)).toEqual(["1", "2"]);
  expect(all<HTMLButtonElement>("[data-part-move]").map((x) => x.disabled)).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("a part can be added as long as there may be more", () => {
  const button = one<HTMLButtonElement>("[data-part-add]");
  expect(button?.hidden).toBe(false);
  button?.click();
  expect(one<HTMLInputElement>("[name=form-TOTAL_FORMS]")?.value).toBe("3");
  expect(names(2)).toEqual(["kind"]);
  expect(one<HTMLInputElement>("[name=form-2-place]")?.value).toBe("3");
  expect(button?.hidden).toBe(true);
});

test("a form that comes back stands in the order of its numbers, empty parts last", () => {
  document.body.innerHTML = `<form><input name="form-TOTAL_FORMS" value="3"><input name="form-MAX_NUM_FORMS" value="3">
    <div data-parts="form">${part("0")}${part("1")}${part("2")}</div></form>`;
  for (const [n, place] of ["2", "", "1"].entries()) {
    const field = one<HTMLInputElement>(`[name=form-${n}-place]`);
    if (field) field.value = place;
  }
  dressParts();
  expect(all<HTMLInputElement>("[data-place]").map((x) => x.name)).toEqual([
    "form-2-place",
    "form-0-place",
    "form-1-place",
  ]);
});
