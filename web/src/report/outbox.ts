/**
 * The outbox: a form that cannot be sent now is kept on this device, photos and all, and sent when there is signal.
 *
 * A form with `data-outbox-form` is kept before it is sent and forgotten when the answer has come, so that a browser
 * that is closed in between loses nothing. "direct" ones are sent from here and answered with JSON; a plain one goes
 * the way of every form of the site, because its answer may be a page with questions; "always" is kept in any case.
 */
import { all, announce, make, one } from "../dom";
import { forgetDraft } from "../forms/drafts";
import { navigate } from "../panel/navigation";
import { say } from "../words";
import { knowAccount } from "./account";
import { draw, formOf, useWork } from "./box";
import { freshSecret, type Parcel, pack, withDigests } from "./parcel";
import { nextIn, onChange, onWake, sendNow, sendWaiting } from "./send";
import * as store from "./store";

/** Too many, or a server that cannot take it now: whatever is wrong with it, the report is not lost. */
const isAway = (status: number): boolean => status === 429 || status >= 500;
/** What a form that was taken leads to, or the form again; a page of an error would show in the place of the form. */
const isAnswer = ({ status, responseText }: XMLHttpRequest): boolean =>
  status < 400 || responseText.includes("data-outbox-form");
/** So long a page may take to hear the answer of what it sends before the copy on the device is sent as well. */
const AHEAD_MS = 10 * 60_000;
let timer = 0;

/** Start sending what waits, now, when signal is back, and from time to time. */
export function startOutbox(): void {
  if (!("indexedDB" in window) || !("locks" in navigator)) return;
  onChange(() => void draw());
  useWork({ again, putBack });
  onWake(() => void again());
  window.addEventListener("online", () => void again());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void again();
  });
  void again();
}

/** Give the forms of the panel their outbox. */
export function dressOutbox(): void {
  if (!("indexedDB" in window) || !("locks" in navigator)) return;
  void draw();
  for (const form of all<HTMLFormElement>("form[data-outbox-form]:not([data-outbox-on])")) {
    form.dataset.outboxOn = "";
    knowAccount(form);
    if (form.dataset.outboxForm === "always") renew(form);
    form.addEventListener("submit", (event) => beforeSending(form, event), { capture: true });
    if (form.dataset.outboxForm === "") listen(form);
  }
}

/** A form that the page itself sends: what became of it decides what becomes of the copy. */
function listen(form: HTMLFormElement): void {
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === form && !navigator.onLine) event.preventDefault();
  });
  form.addEventListener("htmx:sendError", (event) => {
    if (event.target === form) void keep(form);
  });
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (event.target !== form) return;
    // 409: nobody, or somebody else, is signed in by now. The device keeps it and asks.
    if (!isAway(xhr.status) && xhr.status !== 409 && isAnswer(xhr)) {
      void store.remove(form.dataset.ahead ?? "");
      return;
    }
    // The answer is no page to show: the report waits until the server has time for it.
    event.preventDefault();
    void keep(form, Number(xhr.getResponseHeader("Retry-After")) || 60);
  });
}

function beforeSending(form: HTMLFormElement, event: SubmitEvent): void {
  if (form.dataset.ready !== undefined) {
    delete form.dataset.ready;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.outboxForm === "direct") void direct(form);
  else if (!navigator.onLine || form.dataset.outboxForm === "always") void keep(form);
  else void ahead(form, event.submitter);
}

async function parcelOf(form: HTMLFormElement): Promise<Parcel> {
  const { filedAs, filedAsName, outboxKind, outboxOpen, outboxWalk } = form.dataset;
  const parcel = await withDigests(pack(new FormData(form), filedAs ?? "", Date.now()));
  return {
    ...parcel,
    asName: filedAsName,
    action: new URL(form.action || location.href, location.href).pathname,
    kind: outboxKind,
    page: location.pathname + location.search,
    open: outboxOpen !== undefined,
    walk: outboxWalk,
  };
}

/** Keep a copy on the device, then let the page send the form. Without room for the copy it goes all the same. */
async function ahead(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const parcel = { ...(await parcelOf(form)), ahead: true, notBefore: Date.now() + AHEAD_MS };
  if (parcel.fields.text?.trim()) await store.put(parcel).catch(() => undefined);
  form.dataset.ahead = parcel.id;
  form.dataset.ready = "";
  form.requestSubmit(submitter);
}

/** Put the form into the outbox. Its number stays: if the server has it after all, it is filed once. */
async function keep(form: HTMLFormElement, pauseSeconds = 0): Promise<void> {
  const missing = lacks(form);
  if (missing) {
    showProblem(form, missing);
    return;
  }
  if (form.dataset.outboxForm === "always" && !form.reportValidity()) return;
  const parcel = await parcelOf(form);
  if (pauseSeconds) parcel.notBefore = Date.now() + pauseSeconds * 1000;
  if (await kept(form, parcel)) await afterKeeping(form);
}

/** What a form needs at least, so that it is not refused when nobody is there to mend it; "" when it is there. */
function lacks(form: HTMLFormElement): string {
  const data = new FormData(form);
  const needs = (form.dataset.outboxNeeds ?? "text place").split(" ");
  if (needs.includes("text") && !String(data.get("text") ?? "").trim()) return say("outbox.noText");
  const hasPlace = data.get("lat") || data.get("address") || data.get("town");
  return needs.includes("place") && !hasPlace ? say("outbox.noPlace") : "";
}

/** Keep it on the disk; where there is no room the words and photos stay on the page, and the page says so. */
async function kept(form: HTMLFormElement, parcel: Parcel): Promise<boolean> {
  try {
    await store.put(parcel);
    return true;
  } catch {
    showProblem(form, say("outbox.full"));
    return false;
  }
}

async function afterKeeping(form: HTMLFormElement): Promise<void> {
  form.reset();
  renew(form);
  forgetDraft(form);
  await draw();
  const box = one("[data-outbox]");
  box?.scrollIntoView({ block: "nearest" });
  box?.focus();
  if (!box) showProblem(form, say("outbox.kept"), "notice notice--ok");
  announce(say("outbox.kept"));
  if (navigator.onLine) void again();
}

/** Keep, send, and go where the answer says; what is refused is said beside the form, which still has everything. */
async function direct(form: HTMLFormElement): Promise<void> {
  const missing = lacks(form);
  if (missing) showProblem(form, missing);
  if (missing || form.dataset.busy !== undefined || !form.reportValidity()) return;
  form.dataset.busy = "";
  const parcel = await parcelOf(form);
  const isKept = await store.put({ ...parcel, ahead: true, notBefore: Date.now() + AHEAD_MS }).then(
    () => true,
    () => false,
  );
  const next = navigator.onLine
    ? await sendNow(parcel, (percent) => onItsWay(form, percent))
    : parcel;
  delete form.dataset.busy;
  form.dispatchEvent(new Event("outbox:answered"));
  if (next.state !== "waiting") {
    await store.remove(parcel.id);
    if (next.state === "sent") leave(form, next.url ?? "/outbox/");
    else showProblem(form, next.reason ?? "");
  } else if (await kept(form, { ...next, ahead: false })) await afterKeeping(form);
  else if (!isKept) return;
}

function onItsWay(form: HTMLFormElement, loaded: number): void {
  form.dispatchEvent(new CustomEvent("htmx:xhr:progress", { detail: { loaded, total: 100 } }));
}

function leave(form: HTMLFormElement, url: string): void {
  forgetDraft(form);
  // A page whose forms keep away from htmx has its reasons, such as an address that is a secret.
  if (form.closest("[hx-boost='false']") || !one("#panel-host")) location.assign(url);
  else navigate(url);
}

/** The next report from the same page is another one. */
function renew(form: HTMLFormElement): void {
  for (const name of ["client_id", "form_id"]) {
    const id = one<HTMLInputElement>(`input[name='${name}']`, form);
    if (id) id.value = crypto.randomUUID();
  }
  const secret = one<HTMLInputElement>("input[name='secret']", form);
  if (secret) secret.value = freshSecret();
}

function showProblem(form: HTMLFormElement, text: string, look = "field__error"): void {
  one(".outbox__problem", form)?.remove();
  const note = make("p", { class: `${look} outbox__problem`, role: "alert", text });
  (one(".btn-row:last-of-type", form) ?? form).before(note);
  note.scrollIntoView?.({ block: "nearest" });
}

async function again(): Promise<void> {
  window.clearTimeout(timer);
  try {
    if (navigator.onLine) await sendWaiting();
    await draw();
  } finally {
    // Also after a disk that was full for a moment: what waits is tried again.
    const pause = await nextIn();
    if (pause !== undefined) timer = window.setTimeout(() => void again(), pause);
  }
}

/** Put a refused report back into its form, photos too; under its own number, so that sent it takes its own place. */
function putBack(parcel: Parcel): boolean {
  const form = formOf(parcel);
  if (!form) return false;
  const { fields, id: client_id, secret } = parcel;
  for (const [name, value] of Object.entries({ ...fields, client_id, secret })) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList) field.value = value;
    else if (field instanceof HTMLElement && "value" in field) field.value = value;
  }
  for (const input of all<HTMLInputElement>("input[type='file'][name]", form)) {
    const own = parcel.photos.filter(({ field }) => (field ?? "photos") === input.name);
    if (own.length === 0) continue;
    const files = new DataTransfer();
    for (const { name, blob } of own) files.items.add(new File([blob], name, { type: blob.type }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  one<HTMLTextAreaElement>("textarea[name='text']", form)?.focus();
  return true;
}
