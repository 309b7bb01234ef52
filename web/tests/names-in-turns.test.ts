import { describe, expect, it, vi } from "vitest";
import { drawNamesInTurns, turns } from "../src/map/names-in-turns";

describe("characters of names", () => {
  it("are drawn one after another, and others have their turn after a slice of time", async () => {
    let clock = 0;
    const seen: string[] = [];
    const turn = turns(
      () => clock,
      async () => void seen.push("pause"),
    );
    const draw = async (name: string): Promise<void> => {
      await turn();
      seen.push(name);
      clock += 5;
    };
    await Promise.all([..."甲乙丙丁戊己"].map(draw));
    expect(seen).toEqual(["甲", "乙", "丙", "pause", "丁", "戊", "己"]);
  });

  it("come from the library's own drawing, which is taken over once", async () => {
    const drawn = vi.fn();
    class Glyphs {
      async _drawGlyph(_entry: unknown, stack: string, id: string): Promise<string> {
        drawn(this, stack, id);
        return id;
      }
    }
    const maps = [new Glyphs(), new Glyphs()].map((glyphManager) => ({ style: { glyphManager } }));
    for (const map of maps) drawNamesInTurns(map as never);
    const [first] = maps;
    expect(await first?.style.glyphManager._drawGlyph({}, "Noto", "镇")).toBe("镇");
    expect(drawn).toHaveBeenCalledExactlyOnceWith(first?.style.glyphManager, "Noto", "镇");
  });
});
