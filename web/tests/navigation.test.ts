// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { showNotice } from "../src/map/notices";
import { beforeSwap, startNavigation } from "../src/panel/navigation";

vi.mock("../src/map/notices", () => ({ showNotice: vi.fn() }));
vi.mock("../src/panel/htmx", () => ({ default: { ajax: vi.fn() } }));

describe("a site that cannot answer now", () => {
  beforeEach(() => vi.mocked(showNotice).mockClear());

  function swap(
    status: number,
    verb: string,
    headers: Record<string, string> = {},
    address = "/projects/",
  ) {
    const target = document.createElement("div");
    target.id = "panel-host";
    const all: Record<string, string> = { "Content-Type": "text/html", ...headers };
    const xhr = {
      status,
      responseURL: location.origin + address,
      getResponseHeader: (name: string) => all[name] ?? null,
    };
    const pathInfo = { finalRequestPath: address };
    const detail = { xhr, target, shouldSwap: true, requestConfig: { verb }, pathInfo };
    beforeSwap(new CustomEvent("htmx:beforeSwap", { detail }));
    return detail.shouldSwap;
  }

  it.each([
    [503, { "X-Unavailable": "database-away" }],
    [502, {}],
    [504, {}],
  ])("leaves what was typed where it is: %i", (status, headers) => {
    expect(swap(status, "post", headers)).toBe(false);
    expect(showNotice).toHaveBeenCalledWith(expect.stringContaining("没有保存"));
  });

  it("offers to ask again for what was to be read", () => {
    expect(swap(503, "get", { "X-Unavailable": "no-place" })).toBe(false);
    expect(showNotice).toHaveBeenCalledWith(expect.any(String), expect.anything());
  });

  it("shows a room's own refusal, which says what is busy", () => {
    expect(swap(503, "post")).toBe(true);
    expect(showNotice).not.toHaveBeenCalled();
  });

  it("shows the errors of a form below /accounts/, which is otherwise a document of its own", () => {
    expect(swap(400, "post", {}, "/accounts/email/")).toBe(true);
  });
});

describe("going back", () => {
  const reload = vi.spyOn(location, "reload").mockImplementation(() => {});

  beforeAll(startNavigation);
  afterEach(() => {
    reload.mockClear();
    delete document.documentElement.dataset.inApp;
  });

  /** As htmx asks: true where it then fetches the page into this document. */
  const goesOn = (): boolean =>
    document.body.dispatchEvent(
      new CustomEvent("htmx:historyCacheMiss", { bubbles: true, cancelable: true }),
    );

  it("brings the page into this document", () => {
    expect(goesOn()).toBe(true);
    expect(reload).not.toHaveBeenCalled();
  });

  it("opens a document of its own where another program's script may run", () => {
    document.documentElement.dataset.inApp = "weixin";
    expect(goesOn()).toBe(false);
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe("a part of a page that looks again by itself", () => {
  function headersOf(html: string): Record<string, string> {
    document.body.innerHTML = html;
    const elt = document.querySelector("[data-asks]");
    const headers: Record<string, string> = {};
    document.body.dispatchEvent(
      new CustomEvent("htmx:configRequest", { detail: { elt, headers, parameters: {} } }),
    );
    return headers;
  }

  it("says so, and what somebody does within it does not", () => {
    expect(headersOf('<div data-asks hx-trigger="every 20s"></div>')).toEqual({
      "X-Looks-Again": "1",
    });
    expect(headersOf('<div hx-trigger="every 20s"><a data-asks href="/"></a></div>')).toEqual({});
  });
});
