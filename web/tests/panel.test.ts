import { describe, expect, it } from "vitest";
import { draftKey, isOthers, parseDraft } from "../src/forms/drafts";
import { refusal } from "../src/forms/tray";
import { difference, hideLoaded, loadedFeature } from "../src/map/loaded";
import { bumped } from "../src/map/style-layers";
import { nextRow } from "../src/panel/keyboard";
import { isOutside } from "../src/panel/links";
import { nearest, stepped } from "../src/panel/sheet";

const HERE = "https://map.example/river/";

describe("links", () => {
  it.each(["/river/points/HS-W001/", "/projects/?year=2026", "/findings/3/"])(
    "to pages stay in the panel: %s",
    (address) => expect(isOutside(address, HERE)).toBe(false),
  );

  it.each([
    "/api/docs/",
    "/admin/",
    "/accounts/login/?next=/work/",
    "/projects/download.csv?year=2026",
    "https://elsewhere.example/river/",
    "/tiles/reaches.json",
  ])("to documents of their own leave it: %s", (address) => {
    expect(isOutside(address, HERE)).toBe(true);
  });
});

describe("the sheet", () => {
  it("steps and stops at its ends", () => {
    expect(stepped("peek", "up")).toBe("half");
    expect(stepped("full", "up")).toBe("full");
    expect(stepped("peek", "down")).toBe("peek");
  });

  it("falls to the height nearest to the finger", () => {
    expect(nearest(80, 844)).toBe("full");
    expect(nearest(430, 844)).toBe("half");
    expect(nearest(700, 844)).toBe("peek");
  });
});

describe("keys in a list", () => {
  it("start at the end one comes from and stop at the ends", () => {
    expect(nextRow(-1, 1, 5)).toBe(0);
    expect(nextRow(-1, -1, 5)).toBe(4);
    expect(nextRow(4, 1, 5)).toBe(4);
    expect(nextRow(-1, 1, 0)).toBe(-1);
  });
});

describe("photos", () => {
  it("are refused with name and reason when too large or of another kind", () => {
    expect(refusal({ name: "a.jpg", size: 1000, type: "image/jpeg" })).toBe("");
    expect(refusal({ name: "a.jpg", size: 16 * 1024 * 1024, type: "image/jpeg" })).toContain(
      "16.0 MB",
    );
    expect(refusal({ name: "a.pdf", size: 1000, type: "application/pdf" })).toContain("a.pdf");
  });

  it("may have exactly the limit", () => {
    expect(refusal({ name: "a.png", size: 15 * 1024 * 1024, type: "image/png" })).toBe("");
  });
});

describe("drafts", () => {
  it("belong to what they are about", () => {
    expect(draftKey("report", "?point=HS-W001&lng=1")).toBe("draft:report:HS-W001");
    expect(draftKey("report", "")).toBe("draft:report");
  });

  it("are shown to nobody else who signs in on this device, nor to whoever is signed out", () => {
    const typed = (as?: string) => ({ saved: 1, as, fields: {} });
    expect([isOthers(typed("7"), "8"), isOthers(typed("7"), "")]).toEqual([true, true]);
    expect([isOthers(typed("7"), "7"), isOthers(typed(""), "8")]).toEqual([false, false]);
    // A page that the device keeps does not say who reads it; drafts of an older release say nobody.
    expect([isOthers(typed("7"), undefined), isOthers(typed(), "8")]).toEqual([false, false]);
  });

  it("are forgotten when broken or too old", () => {
    const now = Date.UTC(2026, 10, 23);
    const draft = JSON.stringify({ saved: now - 1000, fields: { text: "黑臭" } });
    expect(parseDraft(draft, now)?.fields.text).toBe("黑臭");
    expect(parseDraft(draft, now + 40 * 24 * 3600 * 1000)).toBeUndefined();
    for (const broken of [null, "", "{", '{"fields":1}'])
      expect(parseDraft(broken, now)).toBeUndefined();
  });
});

describe("tiles after a write", () => {
  it("are asked under an address they have not had", () => {
    const template = "http://h/tiles/a/{z}/{x}/{y}.mvt";
    expect(bumped(template, 5)).toBe(`${template}?v=5`);
    expect(bumped(`${template}?v=5`, 6)).toBe(`${template}?v=6`);
    expect(bumped(`${template}?k=1&v=5`, 6)).toBe(`${template}?k=1&v=6`);
  });
});

describe("loaded layers", () => {
  const old = { id: "pipes", title: "管网", digest: "a" };

  it("are told apart by their digest: what is gone and what is new or changed", () => {
    const now = [
      { ...old, digest: "b" },
      { id: "ponds", title: "水体", digest: "c" },
    ];
    expect(difference([old, { ...old, id: "roads" }], now)).toEqual({
      gone: ["roads"],
      fresh: ["pipes", "ponds"],
    });
    expect(difference(now, now)).toEqual({ gone: [], fresh: [] });
  });

  it("are not drawn until the page asks for them, and nothing else is hidden", () => {
    const style = hideLoaded({
      metadata: { loaded: [old] },
      sources: {},
      layers: [
        { id: "pipes:line", type: "line", source: "pipes", layout: { "line-cap": "round" } },
        { id: "reaches", type: "line", source: "base" },
        { id: "ground", type: "background" },
      ],
    });
    const shown = style.layers.map(({ layout }) => (layout as { visibility?: string })?.visibility);
    expect(shown).toEqual(["none", undefined, undefined]);
    expect(style.layers[0]?.layout).toHaveProperty("line-cap", "round");
  });

  it("lead to the page of the feature that is clicked", () => {
    const kind = loadedFeature(old);
    expect(kind.page?.({ id: 7 })).toBe("/layers/pipes/features/7/");
    expect(kind.page?.({})).toBeUndefined();
    expect(kind.shownOn("/layers/pipes/style/")).toBe(true);
    expect(kind.shownOn("/projects/")).toBe(false);
  });
});
