/** The one recorder of this page: it goes on over pages and reloads, and sends what is left of an ended patrol. */
import { one } from "../dom";
import { say } from "../words";
import { type Active, remember, remembered } from "./active";
import { showBar, showLine } from "./bar";
import { Recorder, type Status } from "./recorder";

let recorder: Recorder | undefined;
let current: Active | undefined;

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

/** What the phone itself does to the track: the screen, and the stretches without a position. */
export function caution({ recording, awake, gap_s }: Status): string {
  const words: string[] = [];
  if (recording) words.push(say(awake ? "patrol.awake" : "patrol.asleep"));
  if (gap_s) words.push(say("patrol.gapNote", { minutes: Math.max(1, Math.round(gap_s / 60)) }));
  return words.join(" ");
}

export function show(status: Status): void {
  showBar(current, status);
  const state = one("[data-patrol-state]");
  const button = one<HTMLButtonElement>("[data-patrol-toggle]");
  const note = one("[data-patrol-caution]");
  if (state) state.textContent = sentence(status);
  if (note) note.textContent = caution(status);
  if (recorder) showLine(recorder.queue.walked.line);
  if (!button) return;
  button.hidden = false;
  button.textContent = say(status.recording ? "patrol.pause" : "patrol.begin");
  button.setAttribute("aria-pressed", String(status.recording));
}

export function recorderOf(active: Active): Recorder {
  current = active;
  if (recorder?.patrol !== active.patrol) {
    recorder?.pause();
    recorder = new Recorder(active.patrol, active.address, show, active.as);
  }
  return recorder;
}

/** The bar counts the seconds itself. */
export function startBar(): void {
  window.setInterval(() => {
    if (recorder && current) showBar(current, recorder.status);
  }, 1000);
}

/** Go on with the patrol that was running when the page was left or loaded anew. */
export function resumePatrol(): void {
  const active = remembered();
  if (!active) return;
  const own = recorderOf(active);
  if (active.ended) void finish(active);
  else own.start();
}

/** Record from now on. */
export function record(active: Active): Recorder {
  const own = recorderOf(active);
  remember(active);
  own.start();
  return own;
}

/** The patrol has ended: no new positions, and the rest is sent. */
export function close(active: Active): void {
  const own = recorderOf({ ...active, ended: true });
  own.pause();
  remember({ ...active, ended: true });
  void finish(active);
}

async function finish(active: Active): Promise<void> {
  const own = recorderOf({ ...active, ended: true });
  await own.send();
  if (own.queue.waiting > 0) {
    window.setTimeout(() => void finish(active), 15_000);
    return;
  }
  own.queue.forget();
  remember(undefined);
  stop();
}

/** Nothing is recorded any more. */
export function stop(): void {
  recorder?.pause();
  recorder = undefined;
  current = undefined;
  showBar(undefined, undefined);
  showLine([]);
}
