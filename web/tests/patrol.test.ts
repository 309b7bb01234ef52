import { describe, expect, it } from "vitest";
import { activeOf } from "../src/patrol/active";
import { barWords } from "../src/patrol/bar";
import {
  MOST_IN_BATCH,
  parseKept,
  Queue,
  type Store,
  thinned,
  waitingOf,
} from "../src/patrol/queue";
import type { Status } from "../src/patrol/recorder";
import { caution, sentence } from "../src/patrol/running";
import { parcelFor } from "../src/patrol/without-signal";
import { mustWait, type Parcel } from "../src/report/parcel";

class Memory implements Store {
  readonly values = new Map<string, string>();
  broken = false;
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.broken) throw new Error("full");
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

const fix = { t: "2026-11-23T01:00:00Z", lng: 121.55, lat: 29.87, accuracy: 8 };

function numbered(): () => string {
  let n = 0;
  return () => `batch-${n++}`;
}

describe("the queue of a patrol", () => {
  it("numbers positions from 0 and keeps them over a reload", () => {
    const store = new Memory();
    new Queue("7", store, numbered()).add(fix);
    const again = new Queue("7", store, numbered());
    again.add(fix);
    expect(again.waiting).toBe(2);
    expect(again.take()?.points.map(({ n }) => n)).toEqual([0, 1]);
  });

  it("sends a batch whose answer was lost again under the same number", () => {
    const store = new Memory();
    const queue = new Queue("7", store, numbered());
    queue.add(fix);
    const first = queue.take();
    const reloaded = new Queue("7", store, () => "another");
    reloaded.add(fix);
    expect(reloaded.take()).toEqual(first);
    reloaded.done("batch-0");
    expect(reloaded.take()?.client_id).toBe("another");
    expect(reloaded.sent).toBe(1);
  });

  it("does not count a batch that somebody else's answer names", () => {
    const queue = new Queue("7", new Memory(), numbered());
    queue.add(fix);
    queue.take();
    queue.done("unknown");
    expect(queue.waiting).toBe(1);
    expect(queue.sent).toBe(0);
  });

  it("sends no more than a batch at once", () => {
    const queue = new Queue("7", new Memory(), numbered());
    for (let n = 0; n < MOST_IN_BATCH + 5; n++) queue.add(fix);
    expect(queue.take()?.points).toHaveLength(MOST_IN_BATCH);
    expect(queue.waiting).toBe(MOST_IN_BATCH + 5);
  });

  it("says when the phone can keep no more, and goes on in memory", () => {
    const store = new Memory();
    const queue = new Queue("7", store, numbered());
    store.broken = true;
    queue.add(fix);
    expect(queue.full).toBe(true);
    expect(queue.waiting).toBe(1);
  });

  it("begins anew when what was kept is broken", () => {
    expect(parseKept("{not json").next).toBe(0);
    expect(parseKept('{"next": "x"}').waiting).toEqual([]);
  });
});

describe("what the recorder says", () => {
  const status = {
    state: "running",
    recording: true,
    sent: 3,
    waiting: 2,
    accuracy: 9,
    reason: "",
    awake: true,
    metres: 0,
    gap_s: 0,
    full: false,
  } as const;

  it("says how many are sent and how many wait", () => {
    expect(sentence(status)).toContain("3");
    expect(sentence({ ...status, state: "offline" })).toContain("2");
  });

  it("says why the server did not take a batch", () => {
    expect(sentence({ ...status, state: "refused", reason: "已经结束" })).toContain("已经结束");
  });
});

describe("what the phone itself tells of a walk", () => {
  const at = (seconds: number, lng: number, accuracy = 8) => ({
    t: new Date(Date.UTC(2026, 10, 23, 1, 0, seconds)).toISOString(),
    lng,
    lat: 29.87,
    accuracy,
  });

  it("is its length, without what is too coarse or stands still, and its gaps", () => {
    const store = new Memory();
    const queue = new Queue("7", store, numbered());
    for (const fix of [at(0, 121.55), at(5, 121.5505), at(10, 121.56, 400), at(15, 121.55051)]) {
      queue.add(fix);
    }
    queue.add(at(15 + 300, 121.551));
    const { metres, gap_s, line, began } = new Queue("7", store, numbered()).walked;
    expect(metres).toBeGreaterThan(94);
    expect(metres).toBeLessThan(98);
    expect([gap_s, line.length, began]).toEqual([300, 3, at(0, 0).t]);
    expect(waitingOf("7", store)).toBe(5);
  });

  it("keeps a long walk's line short enough for the phone, and its end", () => {
    const long = Array.from({ length: 2001 }, (_, n): [number, number] => [n, 29]);
    expect(thinned(long)).toHaveLength(1001);
    expect(thinned(long).at(-1)).toEqual([2000, 29]);
    expect(thinned(long.slice(1))).toHaveLength(2000);
  });

  it("is said in the bar: time, length, accuracy, gap and what waits", () => {
    const status = {
      ...{ state: "running", recording: true, sent: 3, waiting: 2, accuracy: 9, reason: "" },
      ...{ full: false, awake: false, began: at(0, 0).t, metres: 1234, gap_s: 130 },
    } as Status;
    const now = Date.parse(at(0, 0).t) + 3_725_000;
    expect(barWords(status, now)).toBe("1:02:05 · 约 1.23 km · ±9 m · 空档 2 分钟 · 2 个点待发");
    expect(barWords({ ...status, recording: false }, now)).toContain("已暂停");
    expect(caution(status)).toContain("不要锁屏");
    expect(caution(status)).toContain("2 分钟没有定位");
  });
});

describe("a patrol without signal in the outbox", () => {
  const who = { id: "7", name: "张代表" };
  const start = parcelFor("start", "walk", who, {});
  const found = { ...start, id: "found", action: "/patrols/walk/find/" };
  const stop = parcelFor("stop", "walk", who, {});
  const sent = (parcel: Parcel): Parcel => ({ ...parcel, state: "sent" });

  it("goes in order: the start, what was found, and the end after the last position", () => {
    const none = () => 0;
    expect(mustWait(start, [start, found, stop], none)).toBe(false);
    expect(mustWait(found, [start, found, stop], none)).toBe(true);
    expect(mustWait(found, [sent(start), found, stop], none)).toBe(false);
    expect(mustWait(stop, [sent(start), found, stop], none)).toBe(true);
    expect(mustWait(stop, [sent(start), sent(found), stop], () => 3)).toBe(true);
    expect(mustWait(stop, [sent(start), sent(found), stop], none)).toBe(false);
  });

  it("names its walker and the number of the patrol, so that sent twice it is one", () => {
    expect([start.id, start.as, start.action]).toEqual(["walk", "7", "/api/v1/patrols/"]);
    expect(stop.action).toBe("/api/v1/patrols/walk/stop/");
    expect(activeOf("walk", "7").address).toBe("/api/v1/patrols/walk/track/");
  });

  it("begins after the one before has ended, and not because of somebody else's", () => {
    const none = () => 0;
    const [first, next] = [stop, { ...parcelFor("start", "next", who, {}), made: stop.made + 1 }];
    expect(mustWait(next, [sent(start), first, next], none)).toBe(true);
    expect(mustWait(next, [sent(start), sent(first), next], none)).toBe(false);
    expect(mustWait(next, [sent(start), { ...first, as: "8" }, next], none)).toBe(false);
    const gone: Parcel = { ...start, state: "refused" };
    expect(mustWait(next, [gone, first, next], none)).toBe(false);
  });
});
