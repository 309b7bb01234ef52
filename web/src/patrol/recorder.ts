/** Takes positions while a patrol runs and sends them in batches; a lost signal only makes the queue longer. */
import { remember, remembered } from "./active";
import { Queue } from "./queue";
import { Turn } from "./turn";

const SEND_EVERY_MS = 15_000;
const LEAST_BETWEEN_MS = 3_000;

/** The address of a patrol by the phone's own number. */
const OWN = /\/[0-9a-f-]{36}\/track\/$/;

/** `elsewhere`: another page of this phone records or sends it. */
export type State =
  | "idle"
  | "waiting"
  | "running"
  | "offline"
  | "no-location"
  | "refused"
  | "elsewhere";

export interface Status {
  state: State;
  recording: boolean;
  sent: number;
  waiting: number;
  accuracy: number;
  reason: string;
  full: boolean;
  /** The screen is kept on while the patrol runs. */
  awake: boolean;
  began?: string;
  metres: number;
  gap_s: number;
}

function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

export class Recorder {
  readonly queue: Queue;
  private readonly turn: Turn;
  private watch: number | undefined;
  private last = 0;
  private sending: Promise<void> | undefined;
  private lock: WakeLockSentinel | undefined;
  private state: State = "idle";
  private accuracy = 0;
  private reason = "";

  constructor(
    readonly patrol: string,
    readonly address: string,
    private readonly changed: (status: Status) => void,
    private readonly as?: string,
  ) {
    this.queue = new Queue(patrol, localStorage);
    this.turn = new Turn(
      `patrol:${patrol}`,
      () => this.queue.reload(),
      () => this.yield(),
    );
    window.addEventListener("online", () => void this.send());
    // What an ended patrol still has, and what a lost answer left, goes without a new position too.
    window.setInterval(() => void this.send(), SEND_EVERY_MS);
    document.addEventListener("visibilitychange", () => void this.keepAwake());
  }

  get recording(): boolean {
    return this.watch !== undefined;
  }

  /** Record, once no other page of this phone does; with `here` in its place. */
  async start(here = false): Promise<void> {
    if (this.recording || !navigator.geolocation) {
      if (!navigator.geolocation) this.tell("no-location");
      return;
    }
    if (this.turn.held) this.watchFromNow();
    else if (await this.turn.take(here)) this.watchFromNow();
    else this.comeAfter();
  }

  /** Write here what another page of this phone has written so far; that page stops. */
  async takeOver(): Promise<void> {
    await this.turn.take(true);
  }

  /** Another page records: go on in its place when it is closed, unless the patrol has ended by then. */
  private comeAfter(): void {
    this.tell("elsewhere");
    void this.turn.wait().then((has) => {
      const active = remembered();
      if (has && active?.patrol === this.patrol && !active.ended) this.watchFromNow();
      else if (has) this.letGo();
    });
  }

  /** Another page has taken it: nothing is written here any more. */
  private yield(): void {
    const recorded = this.recording;
    this.stopWatching();
    if (recorded) this.comeAfter();
    else this.tell("elsewhere");
  }

  private watchFromNow(): void {
    if (this.recording) return;
    this.tell("waiting");
    this.watch = navigator.geolocation.watchPosition(
      (position) => this.take(position),
      () => this.tell("no-location"),
      { enableHighAccuracy: true, maximumAge: 5_000, timeout: 60_000 },
    );
    void this.keepAwake();
  }

  pause(): void {
    this.stopWatching();
    this.tell("idle");
    void this.send();
  }

  private stopWatching(): void {
    if (this.watch !== undefined) navigator.geolocation.clearWatch(this.watch);
    this.watch = undefined;
    void this.lock?.release();
    this.lock = undefined;
  }

  /** Nothing is recorded or sent here: another page may. */
  private letGo(): void {
    if (!this.recording && this.sending === undefined) this.turn.release();
  }

  /** Send what waits; one message at a time, the next as soon as the one before is taken. */
  send(): Promise<void> {
    this.sending ??= this.sendInTurn().finally(() => {
      this.sending = undefined;
      if (this.turn.held) this.letGo();
    });
    return this.sending;
  }

  private async sendInTurn(): Promise<void> {
    if (this.turn.held || (await this.turn.take())) {
      if (this.state === "elsewhere" && !this.recording) this.tell("idle");
      await this.sendAll();
      return;
    }
    this.queue.reload();
    this.tell("elsewhere");
  }

  private take({ coords, timestamp }: GeolocationPosition): void {
    if (!this.turn.held) return;
    if (timestamp - this.last < LEAST_BETWEEN_MS) return;
    this.last = timestamp;
    this.accuracy = Math.round(coords.accuracy);
    this.queue.add({
      t: new Date(timestamp).toISOString(),
      lng: Number(coords.longitude.toFixed(7)),
      lat: Number(coords.latitude.toFixed(7)),
      accuracy: Number.isFinite(coords.accuracy) ? this.accuracy : null,
    });
    this.tell(navigator.onLine ? "running" : "offline");
    if (this.queue.sent === 0) void this.send();
  }

  private async sendAll(): Promise<void> {
    for (let batch = this.queue.take(); batch; batch = this.queue.take()) {
      let answer: Response;
      try {
        answer = await fetch(this.address, {
          method: "POST",
          headers: {
            "Content-Type": "application/json",
            "X-CSRFToken": csrfToken(),
            ...(this.as ? { "X-Filed-As": this.as } : {}),
          },
          body: JSON.stringify(batch),
        });
      } catch {
        this.tell("offline");
        return;
      }
      // Another page has taken it meanwhile, and sends the same batch again under the same number.
      if (!this.turn.held) return;
      if (answer.status === 404 && OWN.test(this.address)) {
        // Begun without signal: the server does not know of it until its start has arrived.
        this.tell("offline");
        return;
      }
      if (!answer.ok) {
        await this.refused(answer);
        return;
      }
      this.queue.done(batch.client_id);
      this.tell(this.recording ? "running" : "idle");
    }
  }

  /** A batch stays in the queue: signing in again or a mended server may take it. An ended patrol takes none any more. */
  private async refused(answer: Response): Promise<void> {
    const body = (await answer.json().catch(() => ({}))) as { detail?: string; code?: string };
    this.reason = body.detail ?? String(answer.status);
    if (body.code === "patrol-ended") this.giveUp();
    this.tell("refused");
  }

  /** Ended on another phone or page: it takes no position any more, and none is recorded for it. */
  private giveUp(): void {
    this.queue.forget();
    if (remembered()?.patrol === this.patrol) remember(undefined);
    this.pause();
  }

  private async keepAwake(): Promise<void> {
    if (!this.recording || document.visibilityState !== "visible") return;
    try {
      this.lock = await navigator.wakeLock?.request("screen");
      this.changed(this.status);
    } catch {
      // The phone saves power; the page says that the screen must stay on.
    }
  }

  private tell(state: State): void {
    this.state = state;
    this.changed(this.status);
  }

  get status(): Status {
    const { state, recording, accuracy, reason, queue } = this;
    const { sent, waiting, full } = queue;
    const { began, metres, gap_s } = queue.walked;
    const awake = this.lock !== undefined && !this.lock.released;
    return { state, recording, sent, waiting, accuracy, reason, full, awake, began, metres, gap_s };
  }
}
