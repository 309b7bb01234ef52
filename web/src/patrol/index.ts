/** The recorder of a running patrol: it outlives the page that started it, and a reload. */
import { one } from "../dom";
import { say } from "../words";
import { Recorder, type Status } from "./recorder";

const ACTIVE = "patrol-active";

let recorder: Recorder | undefined;

interface Active {
  patrol: string;
  address: string;
}

function remember(active: Active | undefined): void {
  try {
    if (active) localStorage.setItem(ACTIVE, JSON.stringify(active));
    else localStorage.removeItem(ACTIVE);
  } catch {
    // Without storage a reload asks to begin again.
  }
}

function remembered(): Active | undefined {
  try {
    return JSON.parse(localStorage.getItem(ACTIVE) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** The status in words. */
export function sentence(status: Status): string {
  const { state, recording, sent, waiting, accuracy, reason, full } = status;
  if (full) return say("patrol.full");
  if (state === "refused") return say("patrol.refused", { reason });
  if (state === "no-location") return say("patrol.noLocation");
  if (state === "offline") return say("patrol.offline", { waiting });
  if (state === "waiting") return say("patrol.waiting");
  if (recording) return say("patrol.running", { sent, waiting, accuracy });
  return sent + waiting > 0 ? say("patrol.paused", { sent, waiting }) : say("patrol.idle");
}

function show(status: Status): void {
  const state = one("[data-patrol-state]");
  const button = one<HTMLButtonElement>("[data-patrol-toggle]");
  if (state) state.textContent = sentence(status);
  if (!button) return;
  button.hidden = false;
  button.textContent = say(status.recording ? "patrol.pause" : "patrol.begin");
  button.setAttribute("aria-pressed", String(status.recording));
}

function recorderOf({ patrol, address }: Active): Recorder {
  if (recorder?.patrol !== patrol) recorder = new Recorder(patrol, address, show);
  return recorder;
}

/** Go on with the patrol that was running when the page was left or loaded anew. */
export function resumePatrol(): void {
  const active = remembered();
  if (active) recorderOf(active).start();
}

function toggle(own: Recorder, active: Active): void {
  if (own.recording) own.pause();
  else own.start();
  remember(own.recording ? active : undefined);
}

/** Ending waits for what is not sent; pressed again, it gives that up. */
async function end(form: HTMLFormElement, own: Recorder, event: SubmitEvent): Promise<void> {
  if (own.queue.waiting === 0 || form.dataset.giveUp !== undefined) {
    own.pause();
    own.queue.forget();
    remember(undefined);
    recorder = undefined;
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  await own.send();
  if (own.queue.waiting === 0) {
    form.requestSubmit();
    return;
  }
  form.dataset.giveUp = "";
  const note = one("[data-patrol-unsent]", form);
  if (!note) return;
  note.textContent = say("patrol.unsent", { waiting: own.queue.waiting });
  note.hidden = false;
}

/** Give a running patrol's page its recorder. */
export function dressPatrol(): void {
  const box = one("[data-patrol]");
  if (!box || box.dataset.dressed !== undefined) return;
  box.dataset.dressed = "";
  const active = { patrol: box.dataset.patrol ?? "", address: box.dataset.trackUrl ?? "" };
  const own = recorderOf(active);
  one("[data-patrol-toggle]")?.addEventListener("click", () => toggle(own, active));
  const form = one<HTMLFormElement>("form[data-patrol-stop]");
  form?.addEventListener("submit", (event) => void end(form, own, event), { capture: true });
  show(own.status);
}
