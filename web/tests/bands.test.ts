import { describe, expect, it } from "vitest";
import { bands, type TrendData, targetLimit, valueRange } from "../src/charts/bands";

const LIMITS = { "1": 0.15, "2": 0.5, "3": 1, "4": 1.5, "5": 2 };

function data(changes: Partial<TrendData> = {}): TrendData {
  return {
    parameter: "nh3n",
    unit: "mg/L",
    series: [{ t: "2026-01-05T09:00:00+08:00", value: 1.2, below_limit: false }],
    limits: LIMITS,
    target_class: 5,
    ...changes,
  };
}

describe("the bands behind a trend", () => {
  it("go up to class VI above the last limit", () => {
    const found = bands(data(), 0, 3);
    expect(found.map((band) => band.class)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(found[0]).toEqual({ class: 1, from: 0, to: 0.15 });
    expect(found[5]).toEqual({ class: 6, from: 2, to: 3 });
  });

  it("turn round where more is better (dissolved oxygen)", () => {
    const oxygen = data({ direction: "min", limits: { "1": 7.5, "2": 6, "3": 5, "4": 3, "5": 2 } });
    const found = bands(oxygen, 0, 10);
    expect(found[0]).toEqual({ class: 1, from: 7.5, to: 10 });
    expect(found.at(-1)).toEqual({ class: 6, from: 0, to: 2 });
  });

  it("lie on both sides of bounds (pH)", () => {
    const found = bands(data({ direction: "range", limits: {}, bounds: [6, 9] }), 5, 10);
    expect(found.map((band) => band.class)).toEqual([6, 1, 6]);
  });

  it("are none without limits, and none outside the axis", () => {
    expect(bands(data({ limits: {} }), 0, 3)).toEqual([]);
    expect(bands(data(), 0, 0.4).map((band) => band.class)).toEqual([1, 2]);
  });
});

describe("the axis", () => {
  it("shows all readings and the target, from nought", () => {
    const [bottom, top] = valueRange(data());
    expect(bottom).toBe(0);
    expect(top).toBeGreaterThan(2);
  });

  it("has a height even when every reading is nought", () => {
    const series = [{ t: "2026-01-05T09:00:00+08:00", value: 0, below_limit: true }];
    const [bottom, top] = valueRange(data({ series, target_class: null }));
    expect(top).toBeGreaterThan(bottom);
  });

  it("knows the target's limit, or that there is none", () => {
    expect(targetLimit(data())).toBe(2);
    expect(targetLimit(data({ target_class: null }))).toBeUndefined();
  });
});
