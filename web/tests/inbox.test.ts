// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { one } from "../src/dom";
import { dressGrids } from "../src/forms/grid";
import { parseBlock } from "../src/forms/grid-block";
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

  const paste = (id: string, text: string): void => {
    const event = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { getData: () => text } });
    one(`#${id}`)?.dispatchEvent(event);
  };

  it("takes a block from a spreadsheet, and all of it back", () => {
    paste("c2x", "甲\t乙\r\n丙\t丁\r\n");
    expect([value("c2x"), value("c2y"), value("c3x"), value("c3y")]).toEqual([
      "甲",
      "乙",
      "丙",
      "丁",
    ]);
    expect(value("c1x")).toBe("");
    one("#c2x")?.focus();
    press("z", { ctrlKey: true });
    expect([value("c2x"), value("c3y")]).toEqual(["", ""]);
  });

  it("leaves alone what was typed over a paste", () => {
    paste("c1x", "甲\t乙");
    const typed = one<HTMLInputElement>("#c1y");
    if (typed) typed.value = "我写的";
    one("#c1x")?.focus();
    press("z", { ctrlKey: true });
    expect([value("c1x"), value("c1y")]).toEqual(["甲", "我写的"]);
  });

  it("says what a block has that no cell takes", () => {
    const choice = `<select data-was="" id="choice"><option value=""></option><option value="5">整治中</option></select>`;
    document.body.innerHTML = GRID.replace(cell(3, "x"), `<td>${choice}</td>`);
    dressGrids();
    paste("choice", "整治中");
    expect(value("choice")).toBe("5");
    paste("c2x", "甲\r\n完工啦\t乙\t丙");
    expect([value("c2x"), value("choice"), value("c3y")]).toEqual(["甲", "5", "乙"]);
    expect(one("[data-grid-count]")?.textContent).toContain("有 2 格没有填上");
    expect(one("[data-grid-count]")?.textContent).toContain("完工啦");
  });

  it("finds again what was not saved, unless the cell holds another text by then", () => {
    const page = GRID.replace("data-grid", 'data-grid data-grid-keep action="/many/"');
    document.body.innerHTML = page;
    dressGrids();
    paste("c1x", "甲\t乙");
    document.body.innerHTML = page.replace(
      'data-was="" name="c-1-y"',
      'data-was="别人的" value="别人的" name="c-1-y"',
    );
    dressGrids();
    expect([value("c1x"), value("c1y")]).toEqual(["甲", "别人的"]);
    one("form")?.dispatchEvent(new Event("submit"));
    document.body.innerHTML = page;
    dressGrids();
    expect([value("c1x"), value("c1y")]).toEqual(["", ""]);
  });

  it("saves by Ctrl+S", () => {
    let saved = 0;
    const button = `<button name="save" type="button"></button>`;
    document.body.innerHTML = GRID.replace("</form>", `${button}</form>`);
    dressGrids();
    one("button")?.addEventListener("click", () => {
      saved += 1;
    });
    one("#c1x")?.focus();
    press("s", { ctrlKey: true });
    expect(saved).toBe(1);
  });
});

it("reads a block as spreadsheets write it: lines, tabs and quotation marks in cells", () => {
  expect(parseBlock('"一\n二"\t"他说""好"""\r\n三\t"四')).toEqual([
    ["一\n二", '他说"好"'],
    ["三", '"四'],
  ]);
  expect(parseBlock("一\t\n\t二\n")).toEqual([
    ["一", ""],
    ["", "二"],
  ]);
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
