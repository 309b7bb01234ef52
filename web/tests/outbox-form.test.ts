// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { describe, expect, it, vi } from "vitest";
import { dressOutbox } from "../src/report/outbox";
import { pack } from "../src/report/parcel";
import * as store from "../src/report/store";
import { oneTab } from "./fake-locks";

vi.mock("../src/map/notices", () => ({ showNotice: vi.fn() }));

describe("the form without signal", () => {
  function page(): HTMLFormElement {
    document.body.innerHTML = `<p id="live"></p><div data-outbox hidden></div>
      <form data-outbox-form data-filed-as="7"><input name="client_id" value="old">
      <textarea name="text"></textarea><input name="lat">
      <div class="btn-row"><button>ok</button></div></form>`;
    for (const [name, value] of Object.entries({ locks: oneTab(), onLine: false })) {
      Object.defineProperty(navigator, name, { value, configurable: true });
    }
    dressOutbox();
    return document.querySelector("form") as HTMLFormElement;
  }

  const submit = (form: HTMLFormElement): boolean =>
    form.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));

  it("goes into the outbox under the account that the page knows, and the next one is another", async () => {
    const form = page();
    (form.elements.namedItem("text") as HTMLTextAreaElement).value = "河面有油污";
    (form.elements.namedItem("lat") as HTMLInputElement).value = "29.85";
    expect(submit(form)).toBe(false);
    await vi.waitFor(async () => expect(await store.all()).toHaveLength(1));
    const [kept] = await store.all();
    expect(kept).toMatchObject({ id: "old", as: "7", state: "waiting" });
    await vi.waitFor(() => {
      const list = document.querySelector("[data-outbox]") as HTMLElement;
      expect(list.hidden).toBe(false);
      expect(list.textContent).toContain("河面有油污");
    });
    expect((form.elements.namedItem("client_id") as HTMLInputElement).value).not.toBe("old");
  });

  it.each([500, 502, 503, 504])("keeps what the server cannot take now: %i", async (status) => {
    for (const { id } of await store.all()) await store.remove(id);
    const form = page();
    (form.elements.namedItem("client_id") as HTMLInputElement).value = `kept-${status}`;
    (form.elements.namedItem("text") as HTMLTextAreaElement).value = "河面有油污";
    (form.elements.namedItem("lat") as HTMLInputElement).value = "29.85";
    const xhr = { status, getResponseHeader: () => "60" };
    const event = new CustomEvent("htmx:beforeOnLoad", { detail: { xhr }, cancelable: true });
    form.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await vi.waitFor(async () => expect(await store.all()).toHaveLength(1));
    const [kept] = await store.all();
    expect(kept).toMatchObject({ id: `kept-${status}`, state: "waiting" });
    expect(kept?.notBefore).toBeGreaterThan(Date.now() + 50_000);
  });

  it("says what is missing instead of keeping an empty report", async () => {
    const form = page();
    const before = (await store.all()).length;
    submit(form);
    await vi.waitFor(() =>
      expect(document.querySelector("[role='alert']")?.textContent).toBeTruthy(),
    );
    expect(await store.all()).toHaveLength(before);
  });

  it("asks, after the session has ended, and goes without a name only when told so", async () => {
    for (const { id } of await store.all()) await store.remove(id);
    page();
    const data = new FormData();
    data.set("text", "河面有油污");
    await store.put({ ...pack(data, "7", 1), asName: "张代表", asksName: true });
    dressOutbox();
    const list = document.querySelector("[data-outbox]") as HTMLElement;
    await vi.waitFor(() => expect(list.textContent).toContain("登录后以 张代表 的名义发送"));
    const buttons = [...list.querySelectorAll("button")];
    buttons.find(({ textContent }) => textContent === "不署名发送")?.click();
    await vi.waitFor(async () => {
      expect((await store.all())[0]).toMatchObject({ as: "", asksName: false, state: "waiting" });
    });
  });

  it("is kept without signal under the account that this device last saw, and says so", async () => {
    const seen = page();
    seen.dataset.filedAsName = "张代表";
    delete seen.dataset.outboxOn;
    dressOutbox();
    document.body.innerHTML = `<form data-outbox-form="always" data-filed-as=""></form>`;
    dressOutbox();
    const form = document.querySelector("form") as HTMLFormElement;
    expect(form.dataset.filedAs).toBe("7");
    expect(form.textContent).toContain("张代表");
    const [, nobody] = [...form.querySelectorAll<HTMLInputElement>("input[type='radio']")];
    nobody?.click();
    expect(form.dataset.filedAs).toBe("");
  });

  it("belongs to nobody once this device has seen a page without an account", () => {
    const seen = page();
    seen.dataset.filedAs = "";
    delete seen.dataset.outboxOn;
    dressOutbox();
    document.body.innerHTML = `<form data-outbox-form="always" data-filed-as=""></form>`;
    dressOutbox();
    expect(document.querySelector("input[type='radio']")).toBeNull();
  });
});
