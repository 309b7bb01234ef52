import { expect, test } from "vitest";
import { fits } from "../src/forms/kinds";

const LAMP = "路灯不亮 路灯 灯杆 不亮";

test("a kind is found by a part of its name, by a word of people, and by a whole sentence", () => {
  expect(fits(LAMP, "灯")).toBe(true);
  expect(fits(LAMP, "灯杆")).toBe(true);
  expect(fits(LAMP, "桥东的路灯坏了")).toBe(true);
  expect(fits(LAMP, "")).toBe(true);
});

test("another problem leaves it out, and one character of a sentence is no word", () => {
  expect(fits(LAMP, "垃圾")).toBe(false);
  expect(fits("树 树枝", "树林里的垃圾")).toBe(false);
});
