// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchFailures } from "../src/map/failures";
import { FakeMap } from "./fake-map";

class Tiles extends FakeMap {
  asks = 0;
  readonly source = {
    type: "vector",
    tiles: ["/tiles/a/{z}/{x}/{y}.mvt"],
    setTiles: () => this.asks++,
  };
  override getSource = (): object => this.source;
  fail(status: number): void {
    for (const listener of this.of("error")) {
      listener({ sourceId: "a", error: { status } } as never);
    }
  }
}

describe("tiles that did not come", () => {
  const tell = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    tell.mockReset();
  });
  afterEach(() => vi.useRealTimers());

  it("are asked for again when the server has too much to do, three times, then the reader is told", () => {
    const map = new Tiles([]);
    watchFailures(map.asMap, tell);
    for (const asked of [1, 2, 3]) {
      map.fail(503);
      map.fail(503);
      vi.advanceTimersByTime(12_000);
      expect(map.asks).toBe(asked);
    }
    expect(tell).not.toHaveBeenCalled();
    map.fail(503);
    vi.advanceTimersByTime(12_000);
    expect(map.asks).toBe(3);
    expect(tell).toHaveBeenCalledOnce();
  });

  it("begin from the start after a quiet minute", () => {
    const map = new Tiles([]);
    watchFailures(map.asMap, tell);
    for (let round = 0; round < 6; round++) {
      map.fail(503);
      vi.advanceTimersByTime(70_000);
    }
    expect(map.asks).toBe(6);
    expect(tell).not.toHaveBeenCalled();
  });

  it("are told at once for any other reason", () => {
    const map = new Tiles([]);
    watchFailures(map.asMap, tell);
    map.fail(0);
    vi.advanceTimersByTime(500);
    expect(tell).toHaveBeenCalledOnce();
    expect(map.asks).toBe(0);
  });
});
