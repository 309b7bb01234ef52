/** What waits on this device, as a list with its buttons; on every page a word that something waits. */
import { all, make, one } from "../dom";
import { setStrip } from "../panel/strip";
import { say, type WordKey } from "../words";
import type { Parcel } from "./parcel";
import * as store from "./store";

const OUTBOX = "/outbox/";

export interface Work {
  /** Send what may be sent. */
  again: () => Promise<void>;
  /** Put a refused one back into a form of this page; false when there is none. */
  putBack: (parcel: Parcel) => boolean;
}

let work: Work = { again: async () => undefined, putBack: () => false };

export function useWork(given: Work): void {
  work = given;
}

/** Show what is on this device; on pages without the list only that something waits. */
export async function draw(): Promise<void> {
  // What a page is sending just now is that page's own affair.
  const parcels = (await store.all()).filter(({ ahead }) => !ahead);
  const waiting = parcels.filter(({ state }) => state !== "sent").length;
  for (const button of all("a[data-report]")) button.dataset.waiting = waiting ? `${waiting}` : "";
  const box = one("[data-outbox]");
  setStrip("outbox", waiting && !box ? waitingLink(parcels) : undefined);
  const empty = one("[data-outbox-empty]");
  if (empty) empty.hidden = parcels.length > 0;
  if (!box) return;
  box.hidden = parcels.length === 0;
  box.className = "notice notice--info outbox";
  box.tabIndex = -1;
  box.replaceChildren(
    make("h2", { text: say("outbox.title", { count: parcels.length }) }),
    make("ul", { role: "list", class: "outbox__list" }, ...parcels.map(row)),
  );
}

function waitingLink(parcels: Parcel[]): HTMLElement {
  const waiting = parcels.filter(({ state }) => state !== "sent");
  const refused = waiting.filter(({ state, asksName }) => state === "refused" || asksName).length;
  const key = refused ? "outbox.asks" : "outbox.waiting";
  const text = say(key, { count: refused || waiting.length });
  return make("a", { href: OUTBOX, text });
}

function row(parcel: Parcel): HTMLElement {
  const item = make("li", { class: "outbox__item" }, make("strong", { text: titleOf(parcel) }));
  item.append(make("span", { class: "outbox__state", text: stateOf(parcel) }));
  if (parcel.state === "sent") {
    if (parcel.url) item.append(link(parcel.url));
    item.append(button("outbox.forget", () => drop(parcel)));
    return item;
  }
  if (parcel.asksName) {
    item.append(signIn(parcel));
    if (canBeNobodys(parcel)) item.append(button("outbox.noName", () => unnamed(parcel)));
  } else if (parcel.state === "waiting") item.append(button("outbox.now", () => now(parcel)));
  else item.append(...mend(parcel));
  item.append(button("outbox.drop", () => drop(parcel), true));
  return item;
}

/** Reports of an older release say nothing: they could always go without a name. */
const canBeNobodys = ({ open, action }: Parcel): boolean => open ?? action === undefined;

function titleOf({ kind, fields, number }: Parcel): string {
  const words = fields.text?.split("\n")[0]?.slice(0, 40) ?? number ?? "";
  return [kind, words].filter(Boolean).join(" · ");
}

function stateOf({ state, photos, reason, number }: Parcel): string {
  if (state === "sent") return number ? say("outbox.sent", { number }) : say("outbox.arrived");
  if (state === "refused") return say("outbox.refused", { reason: reason ?? "" });
  const count = photos.length;
  const waits = count ? say("outbox.waits", { photos: count }) : say("outbox.waitsBare");
  const base = number ? say("outbox.partly", { number, photos: count }) : waits;
  return reason ? `${base} ${reason}` : base;
}

function link(url: string): HTMLElement {
  return make("a", { class: "btn", href: url, "hx-boost": "false", text: say("outbox.see") });
}

/** A refused one goes back into its form, here or on its page, or is sent again as it is. */
function mend(parcel: Parcel): HTMLElement[] {
  const again = button("outbox.now", () => now({ ...parcel, state: "waiting" }));
  // The report is there, only photos of it were refused: out of the form it would be another report.
  if (parcel.url) return [link(parcel.url), again];
  if (one("form[data-outbox-form]") && hasForm(parcel)) {
    return [
      button("outbox.open", async () => {
        // It stays here too until it is sent: a form forgets its photos with the page.
        work.putBack(parcel);
      }),
    ];
  }
  if (!parcel.page) return [again];
  const text = say("outbox.open");
  return [make("a", { class: "btn btn--quiet", href: parcel.page, text }), again];
}

/** Tell whether a form of this page is the one that `parcel` came from. */
export function hasForm(parcel: Parcel): boolean {
  return formOf(parcel) !== undefined;
}

export function formOf({ action }: Parcel): HTMLFormElement | undefined {
  const path = action ?? "/report/";
  return all<HTMLFormElement>("form[data-outbox-form]").find(
    (form) => form.action === "" || new URL(form.action, location.href).pathname === path,
  );
}

function button(key: WordKey, run: () => Promise<void>, asks = false): HTMLElement {
  const made = make("button", { type: "button", class: "btn btn--quiet", text: say(key) });
  made.addEventListener("click", () => {
    // Photos that exist nowhere else are not thrown away by one slip of the finger.
    if (asks && made.dataset.sure === undefined) {
      made.dataset.sure = "";
      made.textContent = say("outbox.sure");
      return;
    }
    void run();
  });
  return made;
}

async function now(parcel: Parcel): Promise<void> {
  await store.put({ ...parcel, notBefore: 0 });
  await work.again();
}

function signIn({ asName }: Parcel): HTMLElement {
  const href = `/accounts/login/?next=${encodeURIComponent(OUTBOX)}`;
  const text = say("outbox.signIn", { name: asName ?? "" });
  return make("a", { class: "btn", href, "hx-boost": "false", text });
}

/** The person here has said so: it goes as nobody's. */
async function unnamed(parcel: Parcel): Promise<void> {
  const { reason: _, ...rest } = parcel;
  await store.put({ ...rest, as: "", asksName: false, notBefore: 0 });
  await work.again();
}

async function drop(parcel: Parcel): Promise<void> {
  await store.remove(parcel.id);
  await draw();
}
