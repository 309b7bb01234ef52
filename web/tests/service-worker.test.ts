import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { tileAt, tilesOf } from "../src/offline/tiles";

const SCRIPT = readFileSync(
  new URL("../../geo_portal/static/service-worker.js", import.meta.url),
  "utf8",
);
const SITE = "https://site.test";

/** A device's cache: by address, in the order in which things were put. */
class Kept {
  readonly rows = new Map<string, Response>();
  private key = (asked: string | Request): string => {
    const url = new URL(typeof asked === "string" ? asked : asked.url, SITE);
    return url.pathname + url.search;
  };
  async match(asked: string | Request, how: { ignoreSearch?: boolean } = {}) {
    const key = this.key(asked);
    const path = key.split("?")[0];
    const found = how.ignoreSearch
      ? [...this.rows].reverse().find(([row]) => row.split("?")[0] === path)?.[1]
      : this.rows.get(key);
    return found?.clone();
  }
  async put(asked: string | Request, answer: Response) {
    this.rows.set(this.key(asked), answer);
  }
  async add(asked: string) {
    this.rows.set(this.key(asked), new Response("file"));
  }
  async delete(asked: string | Request) {
    return this.rows.delete(this.key(asked));
  }
  async keys() {
    return [...this.rows.keys()];
  }
}

class Device {
  readonly stores = new Map<string, Kept>();
  async open(name: string) {
    const store = this.stores.get(name) ?? new Kept();
    this.stores.set(name, store);
    return store;
  }
  async has(name: string) {
    return this.stores.has(name);
  }
  async keys() {
    return [...this.stores.keys()];
  }
  async delete(name: string) {
    return this.stores.delete(name);
  }
  async match(asked: string | Request, how = {}) {
    for (const store of this.stores.values()) {
      const found = await store.match(asked, how);
      if (found) return found;
    }
    return undefined;
  }
}

let device: Device;
let online: boolean;
let account: string;
let ask: (path: string, more?: object) => Promise<Response | undefined>;
let say: (data: object) => Promise<void>;

const html = (path: string, whose = account): Response =>
  new Response(`<!doctype html>\n<html lang="zh" data-account="${whose}"><p>${path} of ${whose}`, {
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });

beforeEach(async () => {
  device = new Device();
  online = true;
  account = "7";
  const work = new Map<string, (event: object) => void>();
  const scope = {
    location: new URL(SITE),
    clients: { claim: async () => undefined },
    skipWaiting: () => undefined,
    addEventListener: (name: string, run: (event: object) => void) => work.set(name, run),
  };
  const fetched = async (asked: Request | string, how: RequestInit = {}) => {
    if (!online) throw new TypeError("no signal");
    const url = new URL(typeof asked === "string" ? asked : asked.url, SITE);
    if (url.pathname.startsWith("/tiles/inner/")) {
      return new Response("tile", { headers: { "Cache-Control": "private, no-store" } });
    }
    if (url.pathname.startsWith("/tiles/")) {
      return new Response("tile", { headers: { "Cache-Control": "public, max-age=60" } });
    }
    return html(url.pathname, how.credentials === "omit" ? "" : account);
  };
  new Function("self", "caches", "fetch", SCRIPT)(scope, device, fetched);
  const run = async (name: string, event: object) => {
    const waits: Promise<unknown>[] = [];
    let answer: Promise<Response> | undefined;
    work.get(name)?.({
      ...event,
      waitUntil: (promise: Promise<unknown>) => waits.push(promise),
      respondWith: (promise: Promise<Response>) => {
        answer = promise;
      },
    });
    const given = await answer?.catch(() => undefined);
    await Promise.all(waits);
    return given;
  };
  ask = (path, more = { mode: "navigate" }) => {
    const request = Object.assign(new Request(SITE + path), {});
    for (const [name, value] of Object.entries(more))
      Object.defineProperty(request, name, { value });
    return run("fetch", { request });
  };
  say = async (data) => void (await run("message", { data, ports: [] }));
  await run("install", {});
});

const words = async (path: string) => (await (await ask(path))?.text()) ?? "";
const pages = async () => (await device.keys()).filter((name) => name.startsWith("pages:"));

describe("what a device keeps", () => {
  it("is a page that was read, and it says when it was kept", async () => {
    await ask("/work/");
    online = false;
    const kept = await words("/work/");
    expect(kept).toContain("/work/ of 7");
    expect(kept).toMatch(/data-kept-at="\d{4}-/);
    expect(await words("/work/?due=overdue")).toContain("/work/ of 7");
  });

  it("is never one person's page for another", async () => {
    await ask("/work/");
    account = "8";
    await ask("/river/following/");
    online = false;
    expect(await words("/work/")).not.toContain("of 7");
    expect(await pages()).toEqual(["pages:8"]);
  });

  it("goes when she signs out, and not because a page for everybody was opened without signal", async () => {
    await ask("/work/");
    online = false;
    expect(await words("/outbox/")).not.toContain("data-account");
    expect(await pages()).toEqual(["pages:7"]);
    await say({ account: "" });
    expect(await pages()).toEqual([]);
  });

  it("is no page with a secret in its address, and no administration", async () => {
    for (const path of ["/my/abc/", "/admin/", "/accounts/security/", "/invitations/x/y/"]) {
      await ask(path);
    }
    const store = await device.open("pages:7");
    expect(await store.keys()).toEqual([]);
  });

  it("is the report form and a page that says so for everything else", async () => {
    online = false;
    expect(await words("/report/?point=P1")).toContain("/report/offline/");
    expect(await words("/patrols/new/")).toContain("/patrols/offline/");
    expect(await words("/patrols/7/find/?point=P1")).toContain("/patrols/offline/");
    expect(await words("/projects/P9/")).toContain("/offline/");
  });

  it("is a public tile, and none that goes with a session", async () => {
    await ask("/tiles/base/10/1/1.mvt", {});
    await ask("/tiles/inner/10/1/1.mvt", {});
    online = false;
    expect(await (await ask("/tiles/base/10/1/1.mvt", {}))?.text()).toBe("tile");
    expect(await ask("/tiles/inner/10/1/1.mvt", {})).toBeUndefined();
  });

  it("is what was asked for at once: the map of the district and her pages", async () => {
    await say({ map: [`${SITE}/tiles/base/9/1/1.mvt`], pages: ["/work/", "/map/"] });
    online = false;
    expect(await words("/map/?z=12")).toContain("/map/ of 7");
    expect(await (await ask("/tiles/base/9/1/1.mvt", {}))?.text()).toBe("tile");
  });
});

describe("the tiles that a device keeps", () => {
  const tile = (n: number) => `/tiles/base/14/${n}/1.mvt`;
  const rows = async (name: string) => [...(await device.open(name)).rows.keys()];

  it("are the newest of those that a map has shown, and no more than so many", async () => {
    for (let n = 0; n < 1800; n += 1) await ask(tile(n), {});
    const kept = await rows("seen-1");
    expect(kept.length).toBeLessThanOrEqual(1600);
    expect(kept).toContain(tile(1799));
    expect(kept).not.toContain(tile(0));
  });

  it("stay when they were asked for, however much is shown", async () => {
    await say({ map: [SITE + tile(5000)] });
    for (let n = 0; n < 1800; n += 1) await ask(tile(n), {});
    await ask(tile(5000), {});
    expect(await rows("map-1")).toEqual([tile(5000)]);
    expect(await rows("seen-1")).not.toContain(tile(5000));
    online = false;
    expect(await (await ask(tile(5000), {}))?.text()).toBe("tile");
  });

  it("go when they are older than a month, those that were asked for later, and shown again they are new", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await say({ map: [SITE + tile(5000)] });
    await ask(tile(1), {});
    await ask(tile(2), {});
    vi.setSystemTime(Date.now() + 29 * 24 * 3600 * 1000);
    await ask(tile(2), {});
    vi.setSystemTime(Date.now() + 2 * 24 * 3600 * 1000);
    for (let n = 100; n < 200; n += 1) await ask(tile(n), {});
    vi.useRealTimers();
    const kept = await rows("seen-1");
    expect([kept.includes(tile(1)), kept.includes(tile(2))]).toEqual([false, true]);
    expect(await rows("map-1")).toEqual([tile(5000)]);
  });
});

describe("the tiles of a district", () => {
  it("are those of its bounds, of its own site, within each source's zooms", () => {
    expect(tileAt(121.55, 29.87, 10)).toEqual([857, 422]);
    const style = {
      metadata: { bounds: [121.2, 29.7, 121.6, 30.0] as [number, number, number, number] },
      sources: {
        base: { type: "vector", tiles: [`${SITE}/tiles/base/{z}/{x}/{y}.mvt`] },
        relief: { type: "raster", tiles: [`${SITE}/rasters/h/{z}/{x}/{y}.png`], maxzoom: 9 },
        foreign: { type: "raster", tiles: ["https://tiles.test/{z}/{x}/{y}.png"] },
      },
    };
    const found = tilesOf(style, SITE);
    expect(found[0]).toBe(`${SITE}/tiles/base/9/428/211.mvt`);
    expect(found.filter((each) => each.includes("/rasters/")).length).toBeLessThan(5);
    expect(found.some((each) => each.includes("tiles.test"))).toBe(false);
    expect(found.length).toBeLessThan(400);
    expect(tilesOf({ sources: style.sources }, SITE)).toEqual([]);
  });
});
