import { describe, expect, it } from "vitest";
import { MOST_IN_BATCH, parseKept, Queue, type Store } from "../src/patrol/queue";
import { sentence } from "../src/patrol/running";

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
