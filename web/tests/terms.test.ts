// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beside, startTerms } from "../src/panel/terms";

const ROOM = { width: 390, height: 800 };

/** What browsers do with `popover`, as far as the page leans on it. */
function teachPopovers(): void {
  const hide = function (this: HTMLElement): void {
    this.dispatchEvent(Object.assign(new Event("toggle"), { newState: "closed" }));
  };
  const ways = { showPopover: { value: () => undefined }, hidePopover: { value: hide } };
  if (!("popover" in HTMLElement.prototype))
    Object.defineProperty(HTMLElement.prototype, "popover", { value: null, writable: true });
  Object.defineProperties(HTMLElement.prototype, ways);
}

const term = (): HTMLAnchorElement => document.querySelector("a.term") as HTMLAnchorElement;
const box = (): HTMLElement | null => document.querySelector(".term-box");
const click = (given: MouseEventInit = {}): boolean =>
  term().dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...given }));

describe("a term where it stands", () => {
  beforeAll(() => {
    teachPopovers();
    startTerms();
  });
  beforeEach(() => {
    document.body.innerHTML = `<p>未达标不能<a class="term" href="/library/terms/delisting/"
      data-meaning="从名单上去掉" data-basis="">销号</a>。</p>`;
  });

  it("opens beside the word with a link to its page, and has the focus", () => {
    expect(click()).toBe(false);
    expect(box()?.textContent).toContain("从名单上去掉");
    expect(box()?.querySelector("a")?.getAttribute("href")).toContain("/library/terms/delisting/");
    expect(term().getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(box());
    expect(box()?.querySelector(".term-box__basis")).toBe(null);
  });

  it("shuts by a second click and gives the focus back", () => {
    click();
    click();
    expect(box()).toBe(null);
    expect(document.activeElement).toBe(term());
    expect(term().getAttribute("aria-expanded")).toBe("false");
  });

  it("leaves a click that opens another tab to the browser", () => {
    expect(click({ ctrlKey: true })).toBe(true);
    expect(box()).toBe(null);
  });

  it("stands under the word, above it at the foot of the window, and never outside", () => {
    const size = { width: 350, height: 120 };
    expect(beside({ left: 20, top: 100, bottom: 120 }, size, ROOM)).toEqual({ left: 20, top: 126 });
    expect(beside({ left: 300, top: 700, bottom: 720 }, size, ROOM)).toEqual({
      left: 32,
      top: 574,
    });
    expect(beside({ left: -5, top: 0, bottom: 20 }, { width: 350, height: 900 }, ROOM)).toEqual({
      left: 8,
      top: 8,
    });
  });
});
