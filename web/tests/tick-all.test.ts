// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { all, one } from "../src/dom";
import { dressLongLists } from "../src/forms/tick-all";

function list(count: number, method = "post"): void {
  const box = (n: number): string =>
    `<label class="choice"><input type="checkbox" name="electors" value="${n}"> <span>${n}</span></label>`;
  const boxes = Array.from({ length: count }, (_, n) => box(n)).join("");
  document.body.innerHTML = `<form method="${method}"><fieldset><legend>x</legend><div class="choices">${boxes}</div></fieldset></form>`;
  dressLongLists();
}

const whole = (): HTMLInputElement | null => one<HTMLInputElement>(".choice--whole input");
const ticked = (): number => all("input[name]:checked").length;

beforeEach(() => {
  document.documentElement.lang = "zh-CN";
});

test("one box ticks all of a long list and none, and says how many are ticked", () => {
  list(12);
  one(".choice--whole")?.click();
  expect(ticked()).toBe(12);
  expect(one(".choice--whole")?.textContent).toContain("12 / 12");
  all<HTMLInputElement>("input[name]")[3]?.click();
  expect([whole()?.checked, whole()?.indeterminate]).toEqual([false, true]);
  whole()?.click();
  whole()?.click();
  expect(ticked()).toBe(0);
});

test("it is not sent with the form, and dressing the page again adds no second one", () => {
  list(12);
  dressLongLists();
  expect(all(".choice--whole")).toHaveLength(1);
  expect(whole()?.name).toBe("");
});

test("a short list and a filter have none", () => {
  list(4);
  expect(whole()).toBeNull();
  list(12, "get");
  expect(whole()).toBeNull();
});
