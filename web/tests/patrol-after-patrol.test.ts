// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dressPatrol } from "../src/patrol";
import { activeOf, remember, remembered, rememberWalker } from "../src/patrol/active";
import { Queue, waitingOf } from "../src/patrol/queue";
import { close, record, resumePatrol, stop } from "../src/patrol/running";
import { parcelFor } from "../src/patrol/without-signal";
import * as store from "../src/report/store";

vi.mock("../src/map/bridge", () => ({ offerMap: async () => undefined }));

const who = { id: "7", name: "张代表" };
const fix = { t: "2026-11-23T01:00:00Z", lng: 121.55, lat: 29.87, accuracy: 8 };
const asked: string[] = [];
let onLine: boolean;
let answer: () => Response;
let watching: ((position: GeolocationPosition) => void)[];

function device(name: string, value: unknown): void {
  Object.defineProperty(navigator, name, { value, configurable: true });
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });
  for (const { id } of await store.all()) await store.remove(id);
  localStorage.clear();
  document.body.innerHTML = "";
  delete document.documentElement.dataset.account;
  asked.length = 0;
  watching = [];
  onLine = true;
  answer = () => Response.json({ points: 1 });
  device("onLine", true);
  device("geolocation", {
    watchPosition: (take: (position: GeolocationPosition) => void) => watching.push(take),
    clearWatch: (number: number) => watching.splice(number - 1, 1),
  });
  vi.stubGlobal("fetch", async (address: string) => {
    if (!onLine) throw new TypeError("no network");
    asked.push(address);
    return answer();
  });
  rememberWalker(who);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const soon = () => vi.advanceTimersByTimeAsync(40_000);

describe("a patrol after another one, both without signal", () => {
  it("is recorded while what is left of the first still waits, and forgets nothing of either", async () => {
    onLine = false;
    const first = activeOf("11111111-1111-4111-8111-111111111111", who.id);
    const second = activeOf("22222222-2222-4222-8222-222222222222", who.id);
    record(first).queue.add(fix);
    close(first);
    const own = record(second);
    await soon();
    expect(own.recording).toBe(true);
    expect(watching).toHaveLength(1);
    expect(remembered()?.patrol).toBe(second.patrol);
    onLine = true;
    await soon();
    expect(waitingOf(first.patrol, localStorage)).toBe(0);
    expect(asked).toContain(first.address);
    expect(own.recording).toBe(true);
    expect(remembered()?.patrol).toBe(second.patrol);
  });

  it("does not leave the first one's positions on the phone when the page is loaded anew", async () => {
    const first = "11111111-1111-4111-8111-111111111111";
    new Queue(first, localStorage).add(fix);
    await store.put(parcelFor("stop", first, who, {}));
    remember(activeOf("22222222-2222-4222-8222-222222222222", who.id));
    resumePatrol();
    await soon();
    expect(waitingOf(first, localStorage)).toBe(0);
    expect(asked).toContain(activeOf(first, who.id).address);
  });
});

describe("a patrol that the phone remembers", () => {
  it("is not recorded under somebody else's pages", () => {
    remember(activeOf("12", who.id));
    document.documentElement.dataset.account = "8";
    resumePatrol();
    expect(watching).toEqual([]);
    document.documentElement.dataset.account = "7";
    resumePatrol();
    expect(watching).toHaveLength(1);
  });

  it("is recorded no longer once the server says that it has ended", async () => {
    answer = () => Response.json({ code: "patrol-ended", detail: "已经结束" }, { status: 400 });
    const own = record(activeOf("12", who.id));
    own.queue.add(fix);
    await own.send();
    expect(own.recording).toBe(false);
    expect(remembered()).toBeUndefined();
    expect(waitingOf("12", localStorage)).toBe(0);
    expect(own.status).toMatchObject({ state: "refused", reason: "已经结束" });
  });
});

describe("the page of a patrol", () => {
  const number = "11111111-1111-4111-8111-111111111111";

  function page(): HTMLFormElement {
    document.body.innerHTML = `<section data-patrol="12" data-own-number="${number}" data-walker="7"
      data-track-url="/api/v1/patrols/12/track/"><p data-patrol-state></p></section>
      <form data-patrol-stop data-fixes="3"><textarea name="note"></textarea><p data-patrol-unsent hidden></p>
      <button>ok</button></form>`;
    dressPatrol();
    return document.querySelector("form") as HTMLFormElement;
  }

  it("goes on with the positions that the phone counted without signal", () => {
    remember(activeOf(number, who.id));
    const own = record(activeOf(number, who.id));
    page();
    expect(own.recording).toBe(true);
    expect(remembered()?.patrol).toBe(number);
  });

  it("ends after what was found on it has arrived: the end waits behind it", async () => {
    const form = page();
    const found = {
      ...parcelFor("start", "12", who, {}),
      id: "found",
      action: "/patrols/12/find/",
    };
    await store.put(found);
    const sent = vi.fn((event: Event) => event.preventDefault());
    form.addEventListener("submit", sent);
    form.requestSubmit();
    await vi.waitFor(async () => {
      expect((await store.all()).map(({ id }) => id).sort()).toEqual(["found", "stop:12"]);
    });
    expect(sent).not.toHaveBeenCalled();
  });

  it("ends at once where nothing waits", async () => {
    const form = page();
    const sent = vi.fn((event: Event) => event.preventDefault());
    form.addEventListener("submit", sent);
    form.requestSubmit();
    await vi.waitFor(() => expect(sent).toHaveBeenCalledOnce());
    expect(await store.all()).toEqual([]);
  });
});
