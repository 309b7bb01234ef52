// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { dressFiles } from "../src/forms/file-control";

const chosen = (...names: string[]) =>
  names.map((name) => new File(["x"], name)) as unknown as FileList;

describe("a field for files", () => {
  beforeEach(() => {
    document.body.innerHTML = `<form><label for="f">附件</label><input type="file" id="f" name="f">
      <input type="file" id="p" accept="image/*"></form>`;
    dressFiles();
    dressFiles(); // a page that came in parts is dressed again
  });
  const field = () => document.querySelector<HTMLInputElement>("#f") as HTMLInputElement;
  const words = () => document.querySelector(".file-control__name")?.textContent;

  it("says in the page's language that nothing is chosen, and then what is", () => {
    expect(document.querySelectorAll(".file-control")).toHaveLength(1);
    expect(words()).toBe("还没有选");
    Object.defineProperty(field(), "files", {
      value: chosen("甲.pdf", "乙.pdf"),
      configurable: true,
    });
    field().dispatchEvent(new Event("change"));
    expect(words()).toBe("甲.pdf · 乙.pdf");
  });

  it("stays the browser's own field, with its label and in its form", () => {
    expect(field().form?.elements.namedItem("f")).toBe(field());
    expect(field().labels?.[0]?.textContent).toBe("附件");
  });

  it("leaves photos to their grid", () => {
    expect(document.querySelector("#p")?.closest(".file-control")).toBeNull();
  });
});
