// @vitest-environment happy-dom
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { claimOf, dressClaims } from "../src/forms/claims";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const photo = (text: string): File => new File([text], `${text}.jpg`, { type: "image/jpeg" });

function form(fields: string): HTMLFormElement {
  document.body.innerHTML = `<form><input type="hidden" name="photo_sha256" data-photo-claim>${fields}</form>`;
  dressClaims();
  return document.querySelector("form") as HTMLFormElement;
}

function choose(page: HTMLFormElement, name: string, ...files: File[]): void {
  const input = page.elements.namedItem(name) as HTMLInputElement;
  Object.defineProperty(input, "files", { value: files, configurable: true });
  input.dispatchEvent(new Event("change"));
}

const claimed = (page: HTMLFormElement): string =>
  (page.elements.namedItem("photo_sha256") as HTMLInputElement).value;

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("what a form says of its files", () => {
  it("is the digest of each, of every field that takes files", async () => {
    const page = form(
      `<input type="file" name="before" multiple><input type="file" name="after"><input type="file" name="plan">`,
    );
    choose(page, "before", photo("one"), photo("two"));
    choose(page, "plan", photo("three"));
    const all = ["one", "two", "three"].map(digest).join(" ");
    await vi.waitFor(() => expect(claimed(page)).toBe(all));
  });

  it("is that of what is chosen now, not of what was chosen before", async () => {
    const page = form(`<input type="file" name="photos" multiple>`);
    choose(page, "photos", photo("one"));
    choose(page, "photos", photo("two"));
    await vi.waitFor(() => expect(claimed(page)).toBe(digest("two")));
    choose(page, "photos");
    await vi.waitFor(() => expect(claimed(page)).toBe(""));
  });

  it("is nothing when a file cannot be read", async () => {
    const page = form(`<input type="file" name="photos" multiple>`);
    const broken = photo("one");
    broken.arrayBuffer = () => Promise.reject(new Error("gone"));
    choose(page, "photos", broken, photo("two"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(claimed(page)).toBe("");
  });

  it("names a photo that was chosen twice once, and claims nothing when one is not known", () => {
    expect(claimOf(["a", "b", "a"])).toBe("a b");
    expect(claimOf(["a", undefined])).toBe("");
  });

  it("is left alone where a page has no such field", () => {
    document.body.innerHTML = `<form><input type="file" name="sheet"></form>`;
    expect(() => dressClaims()).not.toThrow();
  });
});
