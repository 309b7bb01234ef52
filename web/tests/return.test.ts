// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { noteLeaving, returnTo } from "../src/panel/return";

const LIST = `<input id="search"><div class="sheet"><div class="panel-host" id="panel-host"><div id="panel"><h1>列表</h1>
  <a href="/river/points/1/">甲</a><a href="/river/points/2/">乙</a><a href="/river/points/2/">乙，在图上</a></div></div></div>`;
const PAGE = `<input id="search"><div class="sheet"><div class="panel-host" id="panel-host"><div id="panel"><h1>乙</h1></div></div></div>`;

const links = (): HTMLAnchorElement[] => [...document.querySelectorAll("a")];
const heading = (): HTMLElement | null => document.querySelector("h1");
const host = (): Element => document.querySelector(".panel-host") as Element;

function leave(from: string, focused: number): void {
  history.replaceState(null, "", from);
  document.body.innerHTML = LIST;
  host().scrollTop = 420;
  links()[focused]?.focus();
  noteLeaving();
}

describe("going back", () => {
  beforeEach(() => history.replaceState(null, "", "/elsewhere/"));

  it("gives the focus to the link that led away and scrolls as far as it was", () => {
    leave("/river/points/?class=6", 2);
    document.body.innerHTML = PAGE;
    history.replaceState(null, "", "/river/points/2/");
    history.replaceState(null, "", "/river/points/?class=6");
    document.body.innerHTML = LIST;
    returnTo(heading());
    expect(document.activeElement).toBe(links()[2]);
    expect(host().scrollTop).toBe(420);
  });

  it("takes the heading where the link is no longer in the list, and where nothing was noted", () => {
    leave("/river/points/?class=5", 1);
    document.body.innerHTML = PAGE;
    returnTo(heading());
    expect(document.activeElement).toBe(heading());
    history.replaceState(null, "", "/never/left/");
    document.body.innerHTML = PAGE;
    returnTo(heading());
    expect(document.activeElement).toBe(heading());
  });

  it("leaves the focus alone where it was not in the page that went", () => {
    leave("/river/points/?class=4", 1);
    document.querySelector<HTMLElement>("#search")?.focus();
    returnTo(heading());
    expect(document.activeElement?.id).toBe("search");
  });
});
