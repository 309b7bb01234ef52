// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { one } from "../src/dom";
import { dressGrids } from "../src/forms/grid";
import { dressTyped, fillTyped } from "../src/forms/typed";
import { dressChoosers } from "../src/panel/chooser";
import { startKeyboard } from "../src/panel/keyboard";

const LIST = `<main id="panel">
  <form role="search"><input type="search" id="words" data-list-search>
    <details class="filters"><summary>f</summary><input name="area"></details></form>
  <form data-chooser><section><input type="checkbox" data-choose-all id="all"><ul>
    <li class="row"><span class="row__title"><input type="checkbox" name="chosen" value="1"><a href="/a" id="a">a</a></span></li>
    <li class="row"><span class="row__title"><a href="/b" id="b">b</a></span><details><ul><li><input type="checkbox"
      name="chosen" value="2"><input type="checkbox" name="chosen" value="3"></li></ul></details></li>
  </ul></section><span data-chosen-count></span></form></main><dialog id="shortcuts"></dialog>`;

function press(key: string, more: KeyboardEventInit = {}): void {
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );
}

const focused = (): string => document.activeElement?.id ?? "";
const chosen = (): string[] =>
  [...document.querySelectorAll<HTMLInputElement>("input[name=chosen]:checked")].map(
    (box) => box.value,
  );

describe("the inbox by keyboard", () => {
  beforeAll(startKeyboard);
  beforeEach(() => {
    document.body.innerHTML = LIST;
    dressChoosers();
  });

  it("goes down and up the list and stays at its ends", () => {
    press("j");
    expect(focused()).toBe("a");
    press("j");
    press("j");
    expect(focused()).toBe("b");
    press("k");
    expect(focused()).toBe("a");
  });

  it("ticks the row by x, and of an opened row every part, and says how many", () => {
    press("j");
    press("x");
    press("j");
    press("x");
    expect(chosen()).toEqual(["1", "2", "3"]);
    expect(one("[data-chosen-count]")?.textContent).toContain("3");
    expect(one("form[data-chooser]")?.classList.contains("has-chosen")).toBe(true);
    press("x");
    expect(chosen()).toEqual(["1"]);
  });

  it("ticks a whole group by the box above it, which says when only some are ticked", () => {
    const all = one<HTMLInputElement>("#all");
    all?.click();
    expect(chosen()).toEqual(["1", "2", "3"]);
    one<HTMLInputElement>("input[value='2']")?.click();
    expect([all?.checked, all?.indeterminate]).toEqual([false, true]);
    one<HTMLInputElement>("input[value='2']")?.click();
    expect([all?.checked, all?.indeterminate]).toEqual([true, false]);
    all?.click();
    expect(chosen()).toEqual([]);
  });

  it("searches the list by / and comes back to the row by Esc", () => {
    press("j");
    press("j");
    press("/");
    expect(focused()).toBe("words");
    press("j"); // a letter of a word
    expect(focused()).toBe("words");
    press("Escape");
    expect(focused()).toBe("b");
  });

  it("opens the filters by f and closes them by Esc", () => {
    press("j");
    press("f");
    expect(one<HTMLDetailsElement>("details.filters")?.open).toBe(true);
    press("Escape");
    expect(one<HTMLDetailsElement>("details.filters")?.open).toBe(false);
    expect(focused()).toBe("a");
  });

  it("leaves keys with a modifier to the browser", () => {
    press("j", { ctrlKey: true });
    expect(focused()).toBe("");
  });
});

const cell = (row: number, column: string): string =>
  `<td><input data-was="" name="c-${row}-${column}" id="c${row}${column}"></td>`;
const GRID = `<form data-grid><table><tbody>${[1, 2, 3]
  .map((row) => `<tr><th></th>${cell(row, "x")}${cell(row, "y")}</tr>`)
  .join("")}</tbody></table><span data-grid-count></span></form>`;
const value = (id: string): string | undefined => one<HTMLInputElement>(`#${id}`)?.value;

describe("the table of many rows", () => {
  beforeEach(() => {
    document.body.innerHTML = GRID;
    dressGrids();
  });

  it("takes over the cell above by Ctrl+D, and fills down by Ctrl+Shift+D", () => {
    const first = one<HTMLInputElement>("#c1x");
    if (first) first.value = "周工";
    one("#c2x")?.focus();
    press("d", { ctrlKey: true });
    expect([value("c2x"), value("c3x")]).toEqual(["周工", ""]);
    press("D", { ctrlKey: true, shiftKey: true });
    expect(value("c3x")).toBe("周工");
    expect(value("c2y")).toBe("");
    expect(one("#c3x")?.closest("td")?.classList.contains("is-dirty")).toBe(true);
  });

  it("takes a block from a spreadsheet", () => {
    const paste = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { getData: () => "甲\t乙\r\n丙\t丁\r\n" } });
    one("#c2x")?.dispatchEvent(paste);
    expect([value("c2x"), value("c2y"), value("c3x"), value("c3y")]).toEqual([
      "甲",
      "乙",
      "丙",
      "丁",
    ]);
    expect(value("c1x")).toBe("");
  });
});

describe("what was typed before the session ended", () => {
  const PAGE = `<main id="panel"><form action="/reply/"><input name="text" value=""><input type="hidden" name="version"
    value="7"><input type="checkbox" name="wide" value="on"><select name="result"><option value=""></option><option
    value="A">A</option></select></form><form action="/other/"><input name="text"></form>
    <script id="typed-again" type="application/json">{"path":"/reply/","fields":[["text",["写了很久"]],["version",["3"]],
    ["wide",["on"]],["result",["A"]]]}</script></main>`;

  it("is back in its own form and leaves alone what the page sets", () => {
    document.body.innerHTML = PAGE;
    dressTyped();
    const [form, other] = document.querySelectorAll("form");
    expect(form?.querySelector<HTMLInputElement>("[name=text]")?.value).toBe("写了很久");
    expect(form?.querySelector<HTMLInputElement>("[name=version]")?.value).toBe("7");
    expect(form?.querySelector<HTMLInputElement>("[name=wide]")?.checked).toBe(true);
    expect(form?.querySelector<HTMLSelectElement>("[name=result]")?.value).toBe("A");
    expect(other?.querySelector<HTMLInputElement>("[name=text]")?.value).toBe("");
    expect(fillTyped(form as HTMLFormElement, [["gone", ["x"]]])).toBe(0);
  });
});
