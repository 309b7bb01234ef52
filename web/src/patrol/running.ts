/** The one recorder of this page: it goes on over pages and reloads, and sends what is left of an ended patrol. */
import { one } from "../dom";
import { wakeOutbox } from "../report/send";
import * as store from "../report/store";
import { say } from "../words";
import { type Active, activeOf, remember, remembered } from "./active";
import { showBar, showLine } from "./bar";
import { waitingOf } from "./queue";
import { Recorder, type Status } from "./recorder";

let recorder: Recorder | undefined;
let current: Active | undefined;

/** The status in words. */
export function sentence(status: Status): string {
  const { state, recording, sent, waiting, accuracy, reason, full } = status;
  if (full) return say("patrol.full");
  if (state === "refused") return say("patrol.refused", { reason });
  if (state === "elsewhere") return say("patrol.elsewhere");
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

/** A recorder whose words are shown while it is the one of this page. */
function recorderFor({ patrol, address, as }: Active): Recorder {
  const made: Recorder = new Recorder(
    patrol,
    address,
    (status) => {
      if (recorder === made) show(status);
    },
    as,
  );
  return made;
}

export function recorderOf(active: Active): Recorder {
  current = active;
  if (recorder?.patrol !== active.patrol) {
    recorder?.pause();
    recorder = recorderFor(active);
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
  const { account } = document.documentElement.dataset;
  // The phone in somebody else's hands: where she goes is not the walker's track.
  const isOthers = Boolean(account && active?.as && account !== active.as);
  if (active && !isOthers) {
    const own = recorderOf(active);
    if (active.ended) void finish(active, own);
    else void own.start();
  }
  void finishOthers(active);
}

/** Record from now on. */
export function record(active: Active): Recorder {
  const own = recorderOf(active);
  remember(active);
  void own.start();
  return own;
}

/** The patrol has ended: no new positions, and the rest is sent. */
export function close(active: Active): void {
  const ended = { ...active, ended: true };
  const own = recorderOf(ended);
  own.pause();
  remember(ended);
  void finish(ended, own);
}

/** Send what is left of an ended patrol by its own recorder: another patrol may be recorded by then. */
async function finish(active: Active, own: Recorder): Promise<void> {
  await own.send();
  if (own.queue.waiting > 0) {
    window.setTimeout(() => void finish(active, own), 15_000);
    return;
  }
  own.queue.forget();
  if (remembered()?.patrol === active.patrol) remember(undefined);
  if (recorder === own) stop();
  wakeOutbox();
}

/** Patrols that ended before the one that is remembered: their ends wait in the outbox for what is left of them. */
async function finishOthers(active: Active | undefined): Promise<void> {
  const parcels = await store.all().catch(() => []);
  for (const { ends, state, walk, as } of parcels) {
    if (!ends || state === "sent" || !walk || walk === active?.patrol) continue;
    const ended = { ...activeOf(walk, as), ended: true };
    if (waitingOf(walk, localStorage) > 0) void finish(ended, recorderFor(ended));
  }
}

/** Nothing is recorded any more. */
export function stop(): void {
  recorder?.pause();
  recorder = undefined;
  current = undefined;
  showBar(undefined, undefined);
  showLine([]);
}
