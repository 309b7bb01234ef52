// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { classWords } from "../src/map/features";

describe("the class of a point in the tooltip", () => {
  beforeEach(() => {
    document.documentElement.lang = "zh-hans";
  });

  it("says what it is, and of which month", () => {
    expect(classWords({ class: 2, month: "2026-10" })).toBe("Ⅱ类（优），2026年10月");
  });

  it("says at least where not all was measured", () => {
    expect(classWords({ class: 5, at_least: true, month: "2026-10" })).toBe("至少Ⅴ类，2026年10月");
  });

  it("tells too little data from no sample", () => {
    expect(classWords({ class: 0, month: "2026-10" })).toBe("数据不足，2026年10月");
    expect(classWords({ class: 0 })).toBe("无水样");
  });

  it("says so in English too", () => {
    document.documentElement.lang = "en";
    expect(classWords({ class: 0, month: "2026-10" })).toBe("not enough data, Oct 2026");
  });
});
