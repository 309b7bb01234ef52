/** Sending what waits: one at a time, one tab at a time, until the server says that it has it. */
import { waitingOf } from "../patrol/queue";
import {
  type Answer,
  addsUp,
  afterAnswer,
  mustWait,
  type Parcel,
  type Photo,
  unpack,
  withDigests,
} from "./parcel";
import * as store from "./store";
import { type Progress, upload } from "./upload";

const REPORT = "/report/";
/** So long an answer is waited for, and for each photo that goes along: on a bad line some 5 kB a second. */
const ANSWER_MS = 60_000;
const PHOTO_MS = 4 * 60_000;
/** What waits for something else of its patrol is looked at now and then. */
const BLOCKED_MS = 15_000;
let changed: () => void = () => undefined;

/** Call `listener` after anything on the device has changed. */
export function onChange(listener: () => void): void {
  changed = listener;
}

let wake: () => void = () => undefined;

/** Who sends what waits; called when there is more to send. */
export function onWake(work: () => void): void {
  wake = work;
}

export const wakeOutbox = (): void => wake();

const positionsOf = (walk: string): number => waitingOf(walk, localStorage);

/** Send what may be sent now; what could not be sent stays as it is. */
export async function sendWaiting(): Promise<void> {
  await navigator.locks.request("outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const { id } of await store.all()) {
      const kept = await store.all();
      const parcel = kept.find((one) => one.id === id);
      if (parcel?.state !== "waiting" || parcel.notBefore > Date.now()) continue;
      if (mustWait(parcel, kept, positionsOf)) continue;
      await putUnlessDropped(await deliver(parcel));
      changed();
    }
  });
}

/** What was thrown away while it was on its way stays away, unless it has been taken all the same. */
async function putUnlessDropped(parcel: Parcel): Promise<void> {
  const isHere = (await store.all()).some(({ id }) => id === parcel.id);
  if (isHere || parcel.state === "sent") await store.put(parcel);
}

/** Send one now, whatever else waits, and say what became of it; `progress` hears how much is on its way. */
export async function sendNow(parcel: Parcel, progress?: Progress): Promise<Parcel> {
  return navigator.locks.request("outbox", {}, async () => deliver(parcel, progress));
}

async function deliver(parcel: Parcel, progress?: Progress): Promise<Parcel> {
  const whole = await withDigests(parcel);
  if (!addsUp(whole) || whole.photos.length < 2) {
    return afterAnswer(whole, await post(whole, progress), Date.now());
  }
  return photoByPhoto(whole, progress);
}

/**
 * One photo a request: a line that breaks costs that photo's bytes, and what has arrived is let go at once. Once the
 * report is there, a photo that is refused does not keep the others from going.
 */
async function photoByPhoto(whole: Parcel, progress?: Progress): Promise<Parcel> {
  const count = whole.photos.length;
  const refused: Photo[] = [];
  let reason: string | undefined;
  let left = whole;
  for (;;) {
    const done = count - left.photos.length;
    const part = (percent: number): void => progress?.((done * 100 + percent) / count);
    const answer = await post(left, progress && part, left.photos.slice(0, 1));
    const next = afterAnswer(left, answer, Date.now());
    if (next.state === "refused" && left.url && left.photos.length > 1) {
      refused.push(...left.photos.slice(0, 1));
      reason = next.reason;
      left = { ...left, photos: left.photos.slice(1) };
      continue;
    }
    const isFurther = next.state === "waiting" && next.photos.length < left.photos.length;
    if (!isFurther) return withRefused(next, refused, left.fields, reason);
    left = { ...next, tries: whole.tries };
    // So far it is safe there: a browser that is closed now goes on here.
    await putUnlessDropped(withRefused(left, refused, left.fields)).catch(() => undefined);
  }
}

/** The refused photos stay on the device, behind those that may still go; with the words, to be sent again. */
function withRefused(
  parcel: Parcel,
  refused: Photo[],
  fields: Parcel["fields"],
  reason?: string,
): Parcel {
  if (refused.length === 0) return parcel;
  const photos = [...parcel.photos, ...refused];
  if (parcel.state === "waiting") return { ...parcel, photos };
  return { ...parcel, photos, fields, state: "refused", reason: parcel.reason ?? reason };
}

/** When the next one may be tried, in milliseconds from now; undefined when nothing waits. */
export async function nextIn(): Promise<number | undefined> {
  const kept = await store.all();
  const waiting = kept.filter(({ state }) => state === "waiting");
  if (waiting.length === 0) return undefined;
  const free = waiting.filter((parcel) => !mustWait(parcel, kept, positionsOf));
  if (free.length === 0) return BLOCKED_MS;
  return Math.max(1000, Math.min(...free.map(({ notBefore }) => notBefore)) - Date.now());
}

async function post(
  parcel: Parcel,
  progress?: Progress,
  photos = parcel.photos,
): Promise<Answer | undefined> {
  // A line that is neither dead nor alive would keep everything behind this one waiting.
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), ANSWER_MS + PHOTO_MS * photos.length);
  try {
    const headers = {
      Accept: "application/json",
      "X-CSRFToken": await csrfToken(),
      "X-Filed-As": parcel.as,
    };
    const action = parcel.action ?? REPORT;
    const body = unpack(parcel, photos);
    if (progress) return await read(await upload(action, body, headers, progress));
    const options: RequestInit = { method: "POST", body, headers, redirect: "error" };
    const response = await fetch(action, { ...options, signal: waiting.signal });
    return await read(response);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function read(response: Response): Promise<Answer> {
  const { status } = response;
  const wait = Number(response.headers.get("Retry-After"));
  const answer: Answer = { status, retryAfter: wait > 0 ? wait : undefined };
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return answer;
  const body = (await response.json()) as {
    number?: string;
    url?: string;
    photos?: { arrived: string[] };
    detail?: string;
    code?: string;
    errors?: { message: string }[];
  };
  return { ...body, ...answer, errors: body.errors?.map(({ message }) => message) };
}

/** The form's token from the cookie; a device that has lost the cookie gets another one with the page. */
async function csrfToken(): Promise<string> {
  const known = cookie("csrftoken");
  if (known) return known;
  await fetch(REPORT, { credentials: "same-origin" });
  return cookie("csrftoken");
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
