/** The pages of patrols: a tap on start records, ending asks where nothing was recorded, and all of it without signal. */
import { one } from "../dom";
import * as store from "../report/store";
import { say } from "../words";
import {
  type Active,
  expectStart,
  remember,
  remembered,
  rememberWalker,
  takeStart,
} from "./active";
import type { Recorder } from "./recorder";
import { record, recorderOf, show, stop } from "./running";
import { beginWithoutSignal, dressWithoutSignal, endWithoutSignal } from "./without-signal";

function toggle(own: Recorder, active: Active): void {
  if (own.recording) {
    own.pause();
    remember(undefined);
    return;
  }
  remember(active);
  void own.start(true).then(() => {
    if (!own.recording) remember(undefined);
  });
}

/** Whether something of this patrol waits on the phone: after the end it would not be taken any more. */
async function somethingWaits({ patrol }: Active): Promise<boolean> {
  const parcels = await store.all().catch(() => []);
  return parcels.some(({ walk, state }) => walk === patrol && state !== "sent");
}

/**
 * Ending asks once where nothing was recorded, and waits for what is not sent; pressed again, it goes on. Without
 * signal, and after findings that wait, the end waits in the outbox. What was recorded is forgotten when the server has
 * ended the patrol, not before.
 */
async function end(
  form: HTMLFormElement,
  own: Recorder,
  active: Active,
  event: SubmitEvent,
): Promise<void> {
  if (form.dataset.goes !== undefined) {
    delete form.dataset.goes;
    own.pause();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  await own.takeOver();
  const { waiting, sent } = own.queue;
  const note = one("[data-patrol-unsent]", form);
  if (waiting + sent === 0 && form.dataset.empty === undefined && !form.dataset.fixes) {
    form.dataset.empty = "";
    if (note) [note.hidden, note.textContent] = [false, say("patrol.empty")];
    return;
  }
  if (!navigator.onLine || (await somethingWaits(active))) {
    await endWithoutSignal(form, active);
    return;
  }
  if (form.dataset.giveUp === undefined) await own.send();
  if (own.queue.waiting > 0 && form.dataset.giveUp === undefined) {
    form.dataset.giveUp = "";
    if (!note) return;
    note.textContent = say("patrol.unsent", { waiting: own.queue.waiting });
    note.hidden = false;
    return;
  }
  form.dataset.goes = "";
  form.requestSubmit();
}

/** The patrol of this page as the phone knows it: one that began without signal goes on under the phone's own number. */
function activeHere({ dataset }: HTMLElement): Active {
  const { patrol = "", trackUrl = "", ownNumber, walker } = dataset;
  const known = remembered();
  if (known && known.patrol === ownNumber && !known.ended) return known;
  return { patrol, address: trackUrl, page: location.pathname, as: walker };
}

/** What is found belongs to the patrol by the number that the phone knows it by: its end waits for it. */
function dressFound(): void {
  const form = one<HTMLFormElement>("form[data-outbox-walk][data-own-number]");
  if (!form) return;
  const { ownNumber } = form.dataset;
  if (remembered()?.patrol === ownNumber) form.dataset.outboxWalk = ownNumber;
}

/** Give the pages of patrols their recorder: a tap on start records, also without signal. */
export function dressPatrol(): void {
  dressStart();
  dressWithoutSignal();
  dressFound();
  const box = one("[data-patrol]");
  if (!box || box.dataset.dressed !== undefined) return;
  box.dataset.dressed = "";
  const { walker, walkerName } = box.dataset;
  if (walker) rememberWalker({ id: walker, name: walkerName ?? "" });
  const active = activeHere(box);
  const own = recorderOf(active);
  one("[data-patrol-toggle]")?.addEventListener("click", () => toggle(own, active));
  const form = one<HTMLFormElement>("form[data-patrol-stop]");
  form?.addEventListener("submit", (event) => void end(form, own, active, event), {
    capture: true,
  });
  form?.addEventListener("htmx:afterRequest", (event) => {
    if (!(event as CustomEvent<{ successful?: boolean }>).detail?.successful) return;
    own.queue.forget();
    remember(undefined);
    stop();
  });
  if (takeStart()) record(active);
  show(own.status);
}

function dressStart(): void {
  const form = one<HTMLFormElement>("form[data-patrol-start]:not([data-dressed])");
  if (!form) return;
  form.dataset.dressed = "";
  const { walkerId, walkerName } = form.dataset;
  if (walkerId) rememberWalker({ id: walkerId, name: walkerName ?? "" });
  form.addEventListener(
    "submit",
    (event) => {
      if (navigator.onLine) {
        expectStart();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      void beginWithoutSignal(form);
    },
    { capture: true },
  );
  form.addEventListener("htmx:sendError", () => {
    takeStart();
    void beginWithoutSignal(form);
  });
}
