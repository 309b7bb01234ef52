import { describe, expect, it } from "vitest";
import source from "../../ui/tokens.json";
import { WATER_CLASSES, waterClass } from "../src/tokens";
import { type Tokens, tokensToCss } from "../tokens-plugin";

const tokens = source as unknown as Tokens;

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((part) =>
    part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe("water classes", () => {
  it("are seven, each with a shape of its own", () => {
    expect(WATER_CLASSES.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 0]);
    expect(new Set(WATER_CLASSES.map(({ shape }) => shape)).size).toBe(7);
  });

  it("are never guessed: what is no class is unrated", () => {
    expect(waterClass(6).label).toBe("劣Ⅴ类");
    for (const wrong of [7, "6", undefined, null, -1]) expect(waterClass(wrong).value).toBe(0);
  });

  it.each(WATER_CLASSES.filter(({ value }) => value > 0))(
    "can be read on their own colour: $label",
    (entry) => {
      expect(contrast(entry.fill, entry.ink)).toBeGreaterThanOrEqual(4.5);
    },
  );
});

describe("colours of the page", () => {
  it("are the light ones on paper: every dark rule is for a screen", () => {
    const dark = tokensToCss(tokens)
      .split("\n")
      .filter((line) => line.includes("color-scheme:dark"));
    expect(dark).toHaveLength(2);
    for (const rule of dark) expect(rule).toMatch(/^@media screen\b/);
  });

  const pairs: [string, string][] = [
    ["text", "panel"],
    ["text-muted", "panel"],
    ["text-muted", "sunken"],
    ["text-muted", "hover"],
    ["text-faint", "panel"],
    ["accent", "panel"],
    ["accent", "accent-soft"],
    ["on-accent", "accent"],
    ["ok", "ok-soft"],
    ["warn", "warn-soft"],
    ["bad", "bad-soft"],
    ["bad", "panel"],
  ];
  for (const theme of ["light", "dark"] as const) {
    it.each(pairs)(`${theme}: %s can be read on %s`, (ink, ground) => {
      const colours = tokens[theme];
      expect(contrast(colours[ink] as string, colours[ground] as string)).toBeGreaterThanOrEqual(
        4.5,
      );
    });

    it(`${theme}: field borders and focus stand out`, () => {
      const colours = tokens[theme];
      for (const line of ["line-strong", "focus"]) {
        expect(contrast(colours[line] as string, colours.panel as string)).toBeGreaterThanOrEqual(
          3,
        );
      }
    });
  }
});

describe("tokens as CSS", () => {
  const css = tokensToCss(tokens);

  it("carry both themes and each class's symbol", () => {
    expect(css).toContain(':root[data-theme="dark"]');
    for (const { value } of WATER_CLASSES) expect(css).toContain(`.class-mark--${value}{`);
  });

  it("have no property without a value", () => {
    expect(css).not.toMatch(/:(undefined|NaN|\[object)/);
  });
});
