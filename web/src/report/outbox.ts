/** The outbox: a report that cannot be sent now is kept on this device, photos and all, and sent when there is signal. */
import { all, announce, make, one } from "../dom";
import { forgetDraft } from "../forms/drafts";
import { showNotice } from "../map/notices";
import { say } from "../words";
import { knowAccount } from "./account";
import { freshSecret, type Parcel, pack, withDigests } from "./parcel";
import { nextIn, onChange, sendWaiting } from "./send";
import * as store from "./store";

/** Too many, or a server that cannot take it now: whatever is wrong with it, the report is not lost. */
const isAway = (status: number): boolean => status === 429 || status >= 500;
let timer = 0;

/** Start sending what waits, now, when signal is back, and from time to time. */
export function startOutbox(): void {
  if (!("indexedDB" in window) || !("locks" in navigator)) return;
  onChange(() => void draw());
  window.addEventListener("online", () => void again());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void again();
  });
  void again();
}

/** Give the report form of the panel its outbox. */
export function dressOutbox(): void {
  if (!("indexedDB" in window) || !("locks" in navigator)) return;
  void draw();
  for (const form of all<HTMLFormElement>("form[data-outbox-form]:not([data-outbox-on])")) {
    form.dataset.outboxOn = "";
    keepOffline();
    knowAccount(form);
    if (form.dataset.outboxForm === "always") renew(form);
    form.addEventListener("submit", (event) => beforeSending(form, event), { capture: true });
    form.addEventListener("htmx:beforeRequest", (event) => {
      if (event.target === form && !navigator.onLine) event.preventDefault();
    });
    form.addEventListener("htmx:sendError", (event) => {
      if (event.target === form) void keep(form);
    });
    form.addEventListener("htmx:beforeOnLoad", (event) => {
      const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
      // 409: nobody, or somebody else, is signed in by now. The device keeps it and asks.
      if (event.target !== form || !(isAway(xhr.status) || xhr.status === 409)) return;
      // The answer is no page to show: the report waits until the server has time for it.
      event.preventDefault();
      void keep(form, Number(xhr.getResponseHeader("Retry-After")) || 60);
    });
  }
}

function beforeSending(form: HTMLFormElement, event: Event): void {
  if (navigator.onLine && form.dataset.outboxForm !== "always") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void keep(form);
}

/** Put the form into the outbox. Its number stays: if the server has it after all, it is filed once. */
async function keep(form: HTMLFormElement, pauseSeconds = 0): Promise<void> {
  const data = new FormData(form);
  if (!String(data.get("text") ?? "").trim()) {
    showProblem(form, say("outbox.noText"));
    return;
  }
  if (!data.get("lat") && !data.get("address") && !data.get("town")) {
    showProblem(form, say("outbox.noPlace"));
    return;
  }
  const parcel = await withDigests(pack(data, form.dataset.filedAs ?? "", Date.now()));
  parcel.asName = form.dataset.filedAsName;
  if (pauseSeconds) parcel.notBefore = Date.now() + pauseSeconds * 1000;
  try {
    await store.put(parcel);
  } catch {
    showProblem(form, say("outbox.full"));
    return;
  }
  form.reset();
  for (const input of all<HTMLInputElement>("input[type='file']", form)) {
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  renew(form);
  forgetDraft(form);
  await draw();
  const box = one("[data-outbox]");
  box?.scrollIntoView({ block: "nearest" });
  box?.focus();
  announce(say("outbox.kept"));
  if (navigator.onLine) void again();
}

/** The next report from the same page is another one. */
function renew(form: HTMLFormElement): void {
  const id = one<HTMLInputElement>("input[name='client_id']", form);
  const secret = one<HTMLInputElement>("input[name='secret']", form);
  if (id) id.value = crypto.randomUUID();
  if (secret) secret.value = freshSecret();
}

function showProblem(form: HTMLFormElement, text: string): void {
  one(".outbox__problem", form)?.remove();
  const note = make("p", { class: "field__error outbox__problem", role: "alert", text });
  (one(".btn-row:last-of-type", form) ?? form).before(note);
}

async function again(): Promise<void> {
  window.clearTimeout(timer);
  if (navigator.onLine) await sendWaiting();
  await draw();
  const pause = await nextIn();
  if (pause !== undefined) timer = window.setTimeout(() => void again(), pause);
}

/** Show what is on this device; on other pages only that something waits. */
async function draw(): Promise<void> {
  const parcels = await store.all();
  const waiting = parcels.filter(({ state }) => state !== "sent").length;
  for (const button of all("a[data-report]")) button.dataset.waiting = waiting ? `${waiting}` : "";
  const box = one("[data-outbox]");
  if (!box) {
    if (waiting && !navigator.onLine) showNotice(say("outbox.waiting", { count: waiting }));
    return;
  }
  box.hidden = parcels.length === 0;
  box.className = "notice notice--info outbox";
  box.tabIndex = -1;
  box.replaceChildren(
    make("h2", { text: say("outbox.title", { count: parcels.length }) }),
    make("ul", { role: "list", class: "outbox__list" }, ...parcels.map(row)),
  );
}

function row(parcel: Parcel): HTMLElement {
  const words = parcel.fields.text?.split("\n")[0]?.slice(0, 40) ?? parcel.number ?? "";
  const item = make("li", { class: "outbox__item" }, make("strong", { text: words }));
  item.append(make("span", { class: "outbox__state", text: stateOf(parcel) }));
  if (parcel.state === "sent" && parcel.url) {
    item.append(
      link(parcel.url),
      button("outbox.forget", () => drop(parcel)),
    );
  } else {
    if (parcel.asksName)
      item.append(
        signIn(parcel),
        button("outbox.noName", () => unnamed(parcel)),
      );
    else if (parcel.state === "waiting") item.append(button("outbox.now", () => now(parcel)));
    else item.append(button("outbox.open", () => putBack(parcel)));
    item.append(button("outbox.drop", () => drop(parcel), true));
  }
  return item;
}

function stateOf({ state, photos, reason, number }: Parcel): string {
  if (state === "sent") return say("outbox.sent", { number: number ?? "" });
  if (state === "refused") return say("outbox.refused", { reason: reason ?? "" });
  const base = number
    ? say("outbox.partly", { number, photos: photos.length })
    : say("outbox.waits", { photos: photos.length });
  return reason ? `${base} ${reason}` : base;
}

function link(url: string): HTMLElement {
  return make("a", { class: "btn", href: url, "hx-boost": "false", text: say("outbox.see") });
}

function button(
  key: Parameters<typeof say>[0],
  work: () => Promise<void>,
  asks = false,
): HTMLElement {
  const made = make("button", { type: "button", class: "btn btn--quiet", text: say(key) });
  made.addEventListener("click", () => {
    // Photos that exist nowhere else are not thrown away by one slip of the finger.
    if (asks && made.dataset.sure === undefined) {
      made.dataset.sure = "";
      made.textContent = say("outbox.sure");
      return;
    }
    void work();
  });
  return made;
}

async function now(parcel: Parcel): Promise<void> {
  await store.put({ ...parcel, notBefore: 0 });
  await again();
}

function signIn({ asName }: Parcel): HTMLElement {
  const href = `/accounts/login/?next=${encodeURIComponent("/report/")}`;
  const text = say("outbox.signIn", { name: asName ?? "" });
  return make("a", { class: "btn", href, "hx-boost": "false", text });
}

/** The person here has said so: it goes as a report of nobody's. */
async function unnamed(parcel: Parcel): Promise<void> {
  const { reason: _, ...rest } = parcel;
  await store.put({ ...rest, as: "", asksName: false, notBefore: 0 });
  await again();
}

async function drop(parcel: Parcel): Promise<void> {
  await store.remove(parcel.id);
  await draw();
}

/** Put a refused report back into the form, photos too; it leaves the outbox only when it is sent anew. */
async function putBack(parcel: Parcel): Promise<void> {
  const form = one<HTMLFormElement>("form[data-outbox-form]");
  if (!form) return;
  for (const [name, value] of Object.entries(parcel.fields)) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList) field.value = value;
    else if (field instanceof HTMLElement && "value" in field) field.value = value;
  }
  const input = one<HTMLInputElement>("input[type='file']", form);
  if (input && parcel.photos.length) {
    const files = new DataTransfer();
    for (const { name, blob } of parcel.photos) {
      files.items.add(new File([blob], name, { type: blob.type }));
    }
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  await store.remove(parcel.id);
  await draw();
  one<HTMLTextAreaElement>("textarea[name='text']", form)?.focus();
}

/** Keep the bare form on this device, so that it opens without signal too. */
function keepOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
