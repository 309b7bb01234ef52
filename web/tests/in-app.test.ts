// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import places from "../../tests/data/datum_places.json";
import { adapterOf, startInApp } from "../src/in-app";
import { cardOf, siteCard } from "../src/in-app/card";
import type { Dd } from "../src/in-app/dingtalk";
import type { H5Sdk, Tt } from "../src/in-app/feishu";
import { fixOf, type Program, type Signed } from "../src/in-app/program";
import { dressScans, readScanned } from "../src/in-app/scan";
import type { Wx } from "../src/in-app/weixin";
import { fromGcj02, type LngLat } from "../src/map/habits/datum";
import { placeFrom, whereAmI } from "../src/map/where";
import { startNavigation } from "../src/panel/navigation";

vi.mock("../src/panel/htmx", () => ({ default: { ajax: vi.fn() } }));

const SIGNED: Signed = {
  script: "https://sdk.example.org/sdk.js",
  app: "app-1",
  agent: "7",
  stamp: 1414587457,
  nonce: "n0nce",
  signature: "abc",
};
const BASE = "https://map.example.org/river/points/A1/?month=2026-03";

function fakeWx(refuses = false) {
  let ready = () => {};
  let failed = () => {};
  return {
    config: vi.fn(() => (refuses ? failed() : ready())),
    ready: vi.fn((done: () => void) => {
      ready = done;
    }),
    error: vi.fn((done: () => void) => {
      failed = done;
    }),
    getLocation: vi.fn((given) => given.success({ longitude: "121.55", latitude: "29.87" })),
    scanQRCode: vi.fn((given) => given.success({ resultStr: "AB12" })),
    updateAppMessageShareData: vi.fn(),
    updateTimelineShareData: vi.fn(),
    onMenuShareAppMessage: vi.fn(),
    onMenuShareTimeline: vi.fn(),
  };
}

function fakeDd() {
  return {
    config: vi.fn(),
    ready: vi.fn((done: () => void) => done()),
    error: vi.fn(),
    device: {
      geolocation: {
        get: vi.fn((given) => given.onSuccess({ longitude: 121.55, latitude: 29.87 })),
      },
    },
    biz: {
      util: { scan: vi.fn((given) => given.onSuccess({ text: "AB12" })), share: vi.fn() },
    },
  };
}

const adapter = (name: string, globals: object): Program =>
  adapterOf(name, globals as Parameters<typeof adapterOf>[1]) as Program;
const CARD = { title: "甲", text: "乙", link: "https://map.example.org/", picture: "" };

describe("WeChat and WeCom", () => {
  it("hand over what the server signed, and ask for WGS 84", async () => {
    const wx = fakeWx();
    const program = adapter("weixin", { wx: wx as unknown as Wx });
    await program.configure(SIGNED);
    expect(wx.config).toHaveBeenCalledWith({
      debug: false,
      appId: "app-1",
      timestamp: 1414587457,
      nonceStr: "n0nce",
      signature: "abc",
      jsApiList: [
        "updateAppMessageShareData",
        "updateTimelineShareData",
        "getLocation",
        "scanQRCode",
      ],
    });
    expect(await program.locate()).toEqual({ lng: 121.55, lat: 29.87, datum: "wgs84" });
    expect(wx.getLocation.mock.calls[0]?.[0].type).toBe("wgs84");
    expect(await program.scan()).toBe("AB12");
    program.setCard?.(CARD);
    for (const share of [wx.updateAppMessageShareData, wx.updateTimelineShareData]) {
      expect(share).toHaveBeenCalledWith({ title: "甲", desc: "乙", link: CARD.link, imgUrl: "" });
    }
    expect(wx.onMenuShareAppMessage).not.toHaveBeenCalled();
  });

  it("differ in the name of the share and in beta", async () => {
    const wx = fakeWx();
    const program = adapter("wecom", { wx: wx as unknown as Wx });
    await program.configure(SIGNED);
    expect(wx.config.mock.calls[0]).toMatchObject([{ beta: true }]);
    program.setCard?.(CARD); // an older WeCom has no onMenuShareWechat
    expect(wx.onMenuShareAppMessage).toHaveBeenCalledOnce();
  });

  it("say no where the signature is not taken", async () => {
    const program = adapter("weixin", { wx: fakeWx(true) as unknown as Wx });
    await expect(program.configure(SIGNED)).rejects.toThrow();
  });
});

describe("DingTalk", () => {
  it("asks for standard coordinates, scans and opens its own sheet", async () => {
    const dd = fakeDd();
    const program = adapter("dingtalk", { dd: dd as unknown as Dd });
    await program.configure(SIGNED);
    expect(dd.config.mock.calls[0]).toMatchObject([
      { agentId: "7", corpId: "app-1", timeStamp: 1414587457, nonceStr: "n0nce", signature: "abc" },
    ]);
    expect((await program.locate()).datum).toBe("wgs84");
    expect(dd.device.geolocation.get.mock.calls[0]?.[0].coordinate).toBe(0);
    expect(await program.scan()).toBe("AB12");
    program.offerCard?.(CARD);
    expect(dd.biz.util.share.mock.calls[0]).toMatchObject([{ url: CARD.link, title: "甲" }]);
    expect(program.setCard).toBeUndefined();
  });
});

describe("Feishu", () => {
  const h5sdk = { config: vi.fn((given) => given.onSuccess()) };
  function withPlace(answer: object) {
    const getLocation = vi.fn((given) => given.success(answer));
    const tt = { getLocation, scanCode: vi.fn((given) => given.success({ result: "AB12" })) };
    return adapter("feishu", { h5sdk: h5sdk as H5Sdk, tt: tt as unknown as Tt });
  }

  it("says in which datum its place is", async () => {
    const program = withPlace({ longitude: 121.55, latitude: 29.87, type: "GCJ02" });
    await program.configure(SIGNED);
    expect(h5sdk.config.mock.calls[0]).toMatchObject([{ appId: "app-1", nonceStr: "n0nce" }]);
    expect((await program.locate()).datum).toBe("gcj02");
    expect(await program.scan()).toBe("AB12");
    expect((await withPlace({ longitude: 121.55, latitude: 29.87 }).locate()).datum).toBe("wgs84");
  });

  it("gives no place for an answer without one", async () => {
    await expect(withPlace({ longitude: "", latitude: null }).locate()).rejects.toThrow();
  });
});

it("takes no place that is none", () => {
  for (const [lng, lat] of [
    ["x", 1],
    [0, 0],
    [181, 5],
    [undefined, 2],
  ] as unknown[][]) {
    expect(() => fixOf(lng, lat, "wgs84")).toThrow();
  }
});

it("goes back from GCJ-02 to where it was", () => {
  for (const { wgs84, gcj02 } of places as unknown as { wgs84: LngLat; gcj02: LngLat }[]) {
    const [lng, lat] = fromGcj02(gcj02);
    expect(lng).toBeCloseTo(wgs84[0], 7);
    expect(lat).toBeCloseTo(wgs84[1], 7);
  }
});

describe("what was scanned", () => {
  it.each([
    ["AB12 CD34", { fill: "AB12 CD34" }],
    [
      "https://map.example.org/meetings/in/abc/",
      { follow: "https://map.example.org/meetings/in/abc/" },
    ],
    ["https://evil.example.org/meetings/in/abc/", { refused: true }],
    ["https://map.example.org.evil.org/", { refused: true }],
    ["https://map.example.org@evil.org/", { refused: true }],
    ["https://u:p@map.example.org/", { refused: true }],
    ["http://map.example.org/", { refused: true }],
    ["blob:https://map.example.org/0f9de62f-ce79-4f9a-883d-5c99e95740ce", { refused: true }],
    ["javascript:alert(1)", { refused: true }],
    ["//map.example.org/", { refused: true }],
    ["<b>", { refused: true }],
    ["x".repeat(41), { refused: true }],
  ])("%s", (text, read) => expect(readScanned(text, BASE)).toEqual(read));

  const program = (text: string): Program => ({
    configure: async () => {},
    locate: async () => fixOf(1, 1, "wgs84"),
    scan: async () => text,
  });

  async function press(text: string, field: string) {
    document.body.innerHTML = `<form>${field}</form>`;
    const go = vi.fn();
    dressScans(program(text), go);
    dressScans(program(text), go);
    const buttons = document.querySelectorAll("button");
    expect(buttons).toHaveLength(1);
    buttons[0]?.click();
    await vi.waitFor(() => {
      const said = document.querySelector("[role=status]")?.textContent;
      expect(said || go.mock.calls.length).toBeTruthy();
    });
    return { go, value: document.querySelector("input")?.value };
  }

  it("is filled in, followed, or left", async () => {
    const field = '<input name="code" maxlength="20" data-scan>';
    expect(await press("AB12", field)).toMatchObject({ value: "AB12" });
    const stranger = await press("https://evil.example.org/", field);
    expect(stranger.value).toBe("");
    expect(stranger.go).not.toHaveBeenCalled();
    expect((await press("A".repeat(30), field)).value).toBe("");
    const own = await press(`${location.origin}/x/`, field);
    expect(own.go).toHaveBeenCalledWith(`${location.origin}/x/`);
  });

  it("leaves fields alone that are no codes", () => {
    document.body.innerHTML = '<form><input name="password" type="password"></form>';
    dressScans(program("x"));
    expect(document.querySelectorAll("button")).toHaveLength(0);
  });
});

describe("the share card", () => {
  const page = (head: string): Document =>
    new DOMParser().parseFromString(`<html><head>${head}</head></html>`, "text/html");

  beforeEach(() => {
    document.head.innerHTML = '<link rel="apple-touch-icon" href="/static/icon-180.png">';
    document.title = "点位 · 一张图";
  });

  it("is what the page's Open Graph data says, without the query", () => {
    const card = cardOf(
      page(
        '<meta name="description" content="Ⅲ类"><meta property="og:title" content="大桥">' +
          '<meta property="og:image" content="https://map.example.org/w.png">' +
          '<meta property="og:image" content="https://map.example.org/s.png">',
      ),
      BASE,
    );
    const link = "https://map.example.org/river/points/A1/";
    const picture = "https://map.example.org/s.png";
    expect(card).toEqual({ title: "大桥", text: "Ⅲ类", link, picture });
  });

  it("is the site's own for a page without any, whatever its address", () => {
    const secret = "https://map.example.org/report/mine/s3cret-token/?x=1";
    const card = cardOf(page('<meta name="description" content="我的举报">'), secret);
    expect(card).toEqual(siteCard(secret));
    expect(JSON.stringify(card)).not.toContain("s3cret");
    expect(card.text).not.toContain("举报");
    expect(card.link).toBe("https://map.example.org/");
    expect(card.title).toBe("一张图");
  });

  it("leads nowhere else", () => {
    const foreign =
      '<meta property="og:title" content="x"><meta property="og:url" content="https://evil.org/">';
    expect(cardOf(page(foreign), BASE).link).toBe("https://map.example.org/river/points/A1/");
  });
});

describe("beginning", () => {
  const answers = (status: number): void => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(status === 200 ? JSON.stringify(SIGNED) : null, { status })),
    );
  };
  /** What the page would load; nothing is. */
  function scripts(outcome: "load" | "error") {
    const asked: string[] = [];
    vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
      for (const node of nodes as HTMLScriptElement[]) {
        asked.push(node.getAttribute("src") ?? "");
        queueMicrotask(() => node.dispatchEvent(new Event(outcome)));
      }
    });
    return asked;
  }
  let said: ReturnType<typeof vi.spyOn>;

  beforeEach(() => {
    document.body.innerHTML = "";
    said = vi.spyOn(console, "error");
  });
  afterEach(() => {
    vi.useRealTimers();
    expect(said).not.toHaveBeenCalled();
    placeFrom(undefined);
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("loads nothing without a signature", async () => {
    answers(204);
    const asked = scripts("load");
    expect(await startInApp("weixin", BASE)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("goes on without a script that does not come", async () => {
    answers(200);
    scripts("error");
    expect(await startInApp("weixin", BASE)).toBeUndefined();
  });

  it("goes on where the program does not take the signature", async () => {
    answers(200);
    scripts("load");
    vi.stubGlobal("wx", fakeWx(true));
    expect(await startInApp("weixin", BASE)).toBeUndefined();
  });

  it("signs the address of the opening, gives the place, and the browser where the program fails", async () => {
    answers(200);
    const asked = scripts("load");
    const wx = fakeWx();
    vi.stubGlobal("wx", wx);
    expect(await startInApp("weixin", `${BASE}#top`)).toBeDefined();
    expect(asked).toEqual([SIGNED.script]);
    const address = vi.mocked(fetch).mock.calls[0]?.[0] as string;
    expect(new URL(address, BASE).searchParams.get("address")).toBe(BASE);
    expect(wx.updateAppMessageShareData).toHaveBeenCalledOnce();
    expect(await whereAmI()).toEqual({ lng: 121.55, lat: 29.87 });
    wx.getLocation.mockImplementation((given) => given.fail());
    const getCurrentPosition = (done: (fix: object) => void): void =>
      done({ coords: { longitude: 1, latitude: 2 } });
    vi.stubGlobal("navigator", { geolocation: { getCurrentPosition } });
    expect(await whereAmI()).toEqual({ lng: 1, lat: 2 });
  });

  it("waits for the place while the reader thinks, but not for ever", async () => {
    answers(200);
    scripts("load");
    const wx = fakeWx();
    vi.stubGlobal("wx", wx);
    vi.stubGlobal("navigator", {});
    await startInApp("weixin", BASE);
    vi.useFakeTimers();
    wx.getLocation.mockImplementation((given) => {
      window.setTimeout(() => given.success({ longitude: "121.55", latitude: "29.87" }), 50_000);
    });
    const place = whereAmI();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(await place).toEqual({ lng: 121.55, lat: 29.87 });
    wx.getLocation.mockImplementation(() => {});
    const never = expect(whereAmI()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(60_000);
    await never;
  });

  it("follows the panel: a public page's card, then the site's own for one without", async () => {
    answers(200);
    scripts("load");
    const wx = fakeWx();
    vi.stubGlobal("wx", wx);
    document.body.innerHTML = '<div id="panel-host"></div>';
    startNavigation();
    await startInApp("weixin", location.href);
    const target = document.querySelector("#panel-host") as Element;
    const open = (head: string, path: string): unknown => {
      history.pushState({}, "", path);
      const xhr = {
        status: 200,
        responseURL: location.href,
        responseText: `<html><head>${head}</head><body></body></html>`,
        getResponseHeader: () => "text/html",
      };
      const detail = { xhr, target, requestConfig: { verb: "get" }, pathInfo: {} };
      document.body.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail }));
      document.body.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { target } }));
      return wx.updateAppMessageShareData.mock.lastCall?.[0];
    };
    const card = open(
      '<meta property="og:title" content="大桥">',
      "/river/points/A1/?month=2026-03",
    );
    expect(card).toMatchObject({ title: "大桥", link: `${location.origin}/river/points/A1/` });
    expect(open("", "/me/?x=secret")).toMatchObject({ link: `${location.origin}/` });
  });

  it("converts a place in GCJ-02 and says so", async () => {
    answers(200);
    scripts("load");
    const { wgs84, gcj02 } = places[0] as unknown as { wgs84: LngLat; gcj02: LngLat };
    const getLocation = (given: { success: (answer: object) => void }): void =>
      given.success({ longitude: gcj02[0], latitude: gcj02[1], type: "gcj02" });
    vi.stubGlobal("h5sdk", { config: (given: { onSuccess(): void }) => given.onSuccess() });
    vi.stubGlobal("tt", { getLocation });
    await startInApp("feishu", BASE);
    document.body.innerHTML = '<div id="map-notice"></div>';
    const place = await whereAmI();
    expect(document.querySelector("#map-notice")?.textContent).toContain("GCJ-02");
    expect(place.lng).toBeCloseTo(wgs84[0], 7);
  });
});
