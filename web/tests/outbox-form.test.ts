// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { describe, expect, it, vi } from "vitest";
import { navigate } from "../src/panel/navigation";
import { dressOutbox, startOutbox } from "../src/report/outbox";
import { pack } from "../src/report/parcel";
import { nextIn } from "../src/report/send";
import * as store from "../src/report/store";
import { say } from "../src/words";
import { oneTab } from "./fake-locks";

vi.mock("../src/map/notices", () => ({ showNotice: vi.fn() }));
vi.mock("../src/panel/navigation", () => ({ navigate: vi.fn() }));

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

  it.each([
    [403, "<h1>请刷新页面</h1>", 1],
    [413, "<h1>Request Entity Too Large</h1>", 1],
    [400, "<form data-outbox-form>", 0],
    [413, "<form data-outbox-form>", 0],
  ])("keeps what an error page %i would take the place of: %s", async (status, text, kept) => {
    for (const { id } of await store.all()) await store.remove(id);
    const form = page();
    (form.elements.namedItem("text") as HTMLTextAreaElement).value = "河面有油污";
    (form.elements.namedItem("lat") as HTMLInputElement).value = "29.85";
    const xhr = { status, responseText: text, getResponseHeader: () => null };
    const event = new CustomEvent("htmx:beforeOnLoad", { detail: { xhr }, cancelable: true });
    form.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(kept === 1);
    await vi.waitFor(async () => expect(await store.all()).toHaveLength(kept));
  });

  it("keeps a refused report on the device until its form is sent again, under the same number", async () => {
    for (const { id } of await store.all()) await store.remove(id);
    const form = page();
    const data = new FormData();
    for (const [name, value] of Object.entries({
      client_id: "refused",
      text: "油污",
      lat: "29.85",
    }))
      data.set(name, value);
    await store.put({ ...pack(data, "7", 1), action: location.pathname, state: "refused" });
    startOutbox();
    const open = await vi.waitFor(() => {
      const found = [...document.querySelectorAll("[data-outbox] button")].find(
        ({ textContent }) => textContent === say("outbox.open"),
      );
      expect(found).toBeTruthy();
      return found as HTMLButtonElement;
    });
    open.click();
    await vi.waitFor(() =>
      expect((form.elements.namedItem("client_id") as HTMLInputElement).value).toBe("refused"),
    );
    expect(await store.all()).toMatchObject([{ id: "refused", state: "refused" }]);
    submit(form);
    await vi.waitFor(async () =>
      expect(await store.all()).toMatchObject([{ id: "refused", state: "waiting" }]),
    );
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

describe("a form that is sent from the device's own store", () => {
  interface Sent {
    address: string;
    fields: string[];
    as: string;
  }
  const sent: Sent[] = [];
  let answer: { status: number; body: object } | undefined;

  class Line {
    upload = new EventTarget();
    status = 0;
    responseText = "";
    responseURL = "";
    private readonly events = new EventTarget();
    private address = "";
    private as = "";
    open(_verb: string, address: string): void {
      this.address = address;
    }
    setRequestHeader(name: string, value: string): void {
      if (name === "X-Filed-As") this.as = value;
    }
    getResponseHeader(name: string): string | null {
      return name === "Content-Type" ? "application/json" : null;
    }
    addEventListener(name: string, work: () => void): void {
      this.events.addEventListener(name, work);
    }
    abort(): void {
      this.events.dispatchEvent(new Event("abort"));
    }
    send(data: FormData): void {
      sent.push({ address: this.address, fields: [...data.keys()], as: this.as });
      this.status = answer?.status ?? 0;
      this.responseText = JSON.stringify(answer?.body ?? {});
      this.events.dispatchEvent(new Event(answer ? "load" : "error"));
      this.events.dispatchEvent(new Event("loadend"));
    }
  }

  async function page(onLine: boolean): Promise<HTMLFormElement> {
    for (const { id } of await store.all()) await store.remove(id);
    sent.length = 0;
    // biome-ignore lint/suspicious/noDocumentCookie: the form reads it from there
    document.cookie = "csrftoken=token";
    document.body.innerHTML = `<p id="live"></p><main id="panel-host">
      <form action="/patrols/7/find/" data-outbox-form="direct" data-filed-as="7" data-outbox-kind="巡查发现">
      <input name="client_id" value="n1"><input name="seen_at" value=""><textarea name="text">油污</textarea>
      <input name="lat" value="29.85"><div class="btn-row"><button>ok</button></div></form></main>`;
    for (const [name, value] of Object.entries({ locks: oneTab(), onLine })) {
      Object.defineProperty(navigator, name, { value, configurable: true });
    }
    vi.stubGlobal("XMLHttpRequest", Line);
    dressOutbox();
    return document.querySelector("form") as HTMLFormElement;
  }

  const submit = (form: HTMLFormElement): boolean =>
    form.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));

  it("goes to its own address in the name of who wrote it, and leads on", async () => {
    answer = { status: 201, body: { url: "/patrols/7/", photos: { arrived: [] } } };
    const form = await page(true);
    expect(submit(form)).toBe(false);
    await vi.waitFor(() => expect(navigate).toHaveBeenCalledWith("/patrols/7/"));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ address: "/patrols/7/find/", as: "7" });
    expect(await store.all()).toEqual([]);
  });

  it("says what is refused and keeps everything on the page", async () => {
    answer = { status: 400, body: { detail: "不在本区", code: "bad-finding" } };
    const form = await page(true);
    submit(form);
    await vi.waitFor(() => expect(form.textContent).toContain("不在本区"));
    expect((form.elements.namedItem("text") as HTMLTextAreaElement).value).toBe("油污");
    expect(await store.all()).toEqual([]);
  });

  it("stays on the device when the line breaks in the middle, and says so", async () => {
    answer = undefined;
    const form = await page(true);
    submit(form);
    await vi.waitFor(async () => {
      const [kept] = await store.all();
      expect(kept).toMatchObject({ id: "n1", as: "7", ahead: false, state: "waiting" });
    });
    const [kept] = await store.all();
    expect(kept).toMatchObject({ action: "/patrols/7/find/", kind: "巡查发现" });
    expect(kept?.fields.seen_at).toMatch(/^\d{4}-.*Z$/);
    await vi.waitFor(() => expect(form.textContent).toContain("已存在这部设备上"));
  });

  it("keeps words and photos on the page when the device is full, and says so", async () => {
    const form = await page(false);
    const full = vi
      .spyOn(store, "put")
      .mockRejectedValue(new DOMException("", "QuotaExceededError"));
    submit(form);
    await vi.waitFor(() => expect(form.textContent).toContain("存不下"));
    expect((form.elements.namedItem("text") as HTMLTextAreaElement).value).toBe("油污");
    full.mockRestore();
  });

  it("leaves a copy behind while the page itself sends, until the answer has come", async () => {
    const form = await page(true);
    form.dataset.outboxForm = "";
    delete form.dataset.outboxOn;
    dressOutbox();
    const goes = vi.spyOn(form, "requestSubmit").mockImplementation(() => undefined);
    submit(form);
    await vi.waitFor(() => expect(goes).toHaveBeenCalled());
    expect(await store.all()).toMatchObject([{ id: "n1", ahead: true }]);
    expect(await nextIn()).toBeGreaterThan(5 * 60_000);
    const xhr = { status: 200, getResponseHeader: () => null };
    form.dispatchEvent(new CustomEvent("htmx:beforeOnLoad", { detail: { xhr } }));
    await vi.waitFor(async () => expect(await store.all()).toEqual([]));
  });
});
