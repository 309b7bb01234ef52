// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, test } from "vitest";
import { dressDays, wordsOf } from "../src/forms/day-control";

test.each([
  ["date", "2026-03-05", "zh-Hans", "2026年3月5日"],
  ["date", "2026-03-05", "en", "5 Mar 2026"],
  ["datetime-local", "2026-03-05T09:30", "zh-Hans", "2026年3月5日 09:30"],
  ["month", "2026-03", "zh-Hans", "2026年3月"],
  ["date", "", "zh-Hans", ""],
  ["date", "nonsense", "zh-Hans", ""],
])("says %s %s in %s as %s", (type, value, language, words) => {
  expect(wordsOf(type, value, language)).toBe(words);
});

describe("dressed days", () => {
  const words = (): (string | null)[] =>
    [...document.querySelectorAll(".day-control__words")].map(({ textContent }) => textContent);

  beforeEach(() => {
    document.documentElement.lang = "zh-Hans";
    document.body.innerHTML = `<form><input type="date" name="day" value="2026-03-05"></form><input type="date" name="free"><form data-grid><input type="date" name="cell"></form>`;
    dressDays();
  });

  it("stand over days of forms, not in a grid, once", () => {
    dressDays();
    expect(words()).toEqual(["2026年3月5日"]);
  });

  it("follow what is typed, what scripts set and what is emptied", () => {
    const day = document.querySelector<HTMLInputElement>("[name=day]") as HTMLInputElement;
    day.value = "2027-12-31";
    day.dispatchEvent(new Event("input"));
    expect(words()[0]).toBe("2027年12月31日");
    day.value = "";
    day.dispatchEvent(new Event("change"));
    expect(words()[0]).toBe("选择日期");
  });
});
