// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { activeOf, remember, remembered } from "../src/patrol/active";
import { barWords } from "../src/patrol/bar";
import { type Batch, Queue, waitingOf } from "../src/patrol/queue";
import { Recorder } from "../src/patrol/recorder";
import { sentence } from "../src/patrol/running";
import { lockManager } from "./fake-locks";

const active = activeOf("12", "7");
let watching: Map<number, (position: GeolocationPosition) => void>;
let onLine: boolean;
let sent: Batch[];

function device(name: string, value: unknown): void {
  Object.defineProperty(navigator, name, { value, configurable: true });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  localStorage.clear();
  watching = new Map();
  sent = [];
  onLine = true;
  let number = 0;
  device("locks", lockManager());
  device("geolocation", {
    watchPosition: (take: (position: GeolocationPosition) => void) => {
      number += 1;
      watching.set(number, take);
      return number;
    },
    clearWatch: (which: number) => watching.delete(which),
  });
  vi.stubGlobal("fetch", async (_address: string, { body }: { body: string }) => {
    if (!onLine) throw new TypeError("no network");
    const batch = JSON.parse(body) as Batch;
    if (!sent.some(({ client_id }) => client_id === batch.client_id)) sent.push(batch);
    return Response.json({});
  });
  remember(active);
});

afterEach(() => {
  device("locks", undefined);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const page = (): Recorder => new Recorder("12", active.address, () => undefined, "7");
const settled = () => vi.advanceTimersByTimeAsync(1);
let seconds = 0;

/** The phone says where it is, to every page that listens. */
function move(): void {
  seconds += 10;
  const coords = { longitude: 121.5 + seconds / 1e5, latitude: 29.8, accuracy: 8 };
  const timestamp = Date.UTC(2026, 10, 23) + seconds * 1000;
  for (const take of watching.values()) take({ coords, timestamp } as GeolocationPosition);
}

const numbers = () => sent.flatMap(({ points }) => points.map(({ n }) => n));

describe("two pages of one patrol", () => {
  it("write each position once, in order, and the second says why it records nothing", async () => {
    const [first, second] = [page(), page()];
    await first.start();
    await second.start();
    for (let n = 0; n < 4; n += 1) move();
    await Promise.all([first.send(), second.send()]);
    expect([first.recording, second.recording]).toEqual([true, false]);
    expect(numbers()).toEqual([0, 1, 2, 3]);
    expect(sentence(second.status)).toContain("另一个页面");
    expect(barWords(second.status, Date.now())).toContain("另一个页面");
    expect(new Queue("12", localStorage).sent).toBe(4);
  });

  it("hand over when the first stops, with the numbers going on", async () => {
    const [first, second] = [page(), page()];
    await first.start();
    await second.start();
    move();
    first.pause();
    await vi.waitFor(() => expect(second.recording).toBe(true));
    move();
    await second.send();
    expect(numbers()).toEqual([0, 1]);
    expect(second.status.sent).toBe(2);
  });

  it("record in the page where that is asked for, with what the other had kept without signal", async () => {
    onLine = false;
    const [first, second] = [page(), page()];
    await first.start();
    move();
    await first.send();
    await second.start(true);
    await settled();
    expect([first.recording, second.recording]).toEqual([false, true]);
    expect(sentence(first.status)).toContain("另一个页面");
    onLine = true;
    move();
    await second.send();
    expect(numbers()).toEqual([0, 1]);
    expect(waitingOf("12", localStorage)).toBe(0);
  });

  it("take it over once, however often that is asked for", async () => {
    const [first, second] = [page(), page()];
    await first.start();
    await Promise.all([second.start(), second.start(true), second.start(true)]);
    await settled();
    expect([first.recording, second.recording]).toEqual([false, true]);
    move();
    await second.send();
    expect(numbers()).toEqual([0]);
    expect(watching.size).toBe(1);
  });

  it("do not go on with a patrol that has ended in the other", async () => {
    const [first, second] = [page(), page()];
    await first.start();
    await second.start();
    remember(undefined);
    first.pause();
    await settled();
    await first.send();
    await settled();
    expect([second.recording, remembered()]).toEqual([false, undefined]);
    expect(watching.size).toBe(0);
  });
});
