// @vitest-environment node
import { describe, expect, it } from "vitest";
import { paddingAround } from "../src/map/free";

const box = (left: number, top: number, right: number, bottom: number) => ({
  left,
  top,
  right,
  bottom,
});

describe("the part of the map that nothing lies over", () => {
  it("comes in from the side where a cover costs least", () => {
    const phone = box(0, 0, 390, 844);
    const covers = [box(12, 12, 378, 60), box(0, 440, 390, 784)];
    expect(paddingAround(phone, covers, 10)).toEqual({ top: 70, right: 10, bottom: 414, left: 10 });
  });

  it("leaves out what lies beside the map", () => {
    const desk = box(480, 0, 1440, 900);
    expect(paddingAround(desk, [box(0, 0, 480, 900)], 0)).toEqual({
      top: 0,
      right: 0,
      bottom: 0,
      left: 0,
    });
    expect(paddingAround(desk, [box(1200, 500, 1428, 860)], 0).right).toBe(240);
  });

  it("leaves a part of the map, however much lies over it", () => {
    const low = box(0, 0, 390, 400);
    const { top, bottom } = paddingAround(low, [box(0, 0, 390, 120), box(0, 130, 390, 400)], 24);
    expect(400 - top - bottom).toBeGreaterThanOrEqual(120);
  });
});
