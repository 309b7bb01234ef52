/** The pages of patrols: a tap on start records, ending asks where nothing was recorded, and all of it without signal. */
import { one } from "../dom";
import { say } from "../words";
import { type Active, expectStart, remember, rememberWalker, takeStart } from "./active";
import type { Recorder } from "./recorder";
import { record, recorderOf, show, stop } from "./running";
import { beginWithoutSignal, dressWithoutSignal, endWithoutSignal } from "./without-signal";

function toggle(own: Recorder, active: Active): void {
  if (own.recording) own.pause();
  else own.start();
  remember(own.recording ? active : undefined);
}

/**
 * Ending asks once where nothing was recorded, and waits for what is not sent; pressed again, it goes on. Without signal
 * the end waits in the outbox. What was recorded is forgotten when the server has ended the patrol, not before.
 */
async function end(
  form: HTMLFormElement,
  own: Recorder,
  active: Active,
  event: SubmitEvent,
): Promise<void> {
  const { waiting, sent } = own.queue;
  const isEmpty = waiting + sent === 0 && form.dataset.empty === undefined && !form.dataset.fixes;
  if (!isEmpty && navigator.onLine && (waiting === 0 || form.dataset.giveUp !== undefined)) {
    own.pause();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!isEmpty && !navigator.onLine) {
    await endWithoutSignal(form, active);
    return;
  }
  const note = one("[data-patrol-unsent]", form);
  if (isEmpty) {
    form.dataset.empty = "";
    if (note) [note.hidden, note.textContent] = [false, say("patrol.empty")];
    return;
  }
  await own.send();
  if (own.queue.waiting === 0) {
    form.requestSubmit();
    return;
  }
  form.dataset.giveUp = "";
  if (!note) return;
  note.textContent = say("patrol.unsent", { waiting: own.queue.waiting });
  note.hidden = false;
}

/** Give the pages of patrols their recorder: a tap on start records, also without signal. */
export function dressPatrol(): void {
  dressStart();
  dressWithoutSignal();
  const box = one("[data-patrol]");
  if (!box || box.dataset.dressed !== undefined) return;
  box.dataset.dressed = "";
  const patrol = box.dataset.patrol ?? "";
  const { trackUrl, walker, walkerName } = box.dataset;
  if (walker) rememberWalker({ id: walker, name: walkerName ?? "" });
  const active = { patrol, address: trackUrl ?? "", page: location.pathname, as: walker };
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
