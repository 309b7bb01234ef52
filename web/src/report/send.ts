/** Sending what waits: one at a time, one tab at a time, until the server says that it has it. */
import { type Answer, afterAnswer, type Parcel, unpack, withDigests } from "./parcel";
import * as store from "./store";

const REPORT = "/report/";
let changed: () => void = () => undefined;

/** Call `listener` after anything on the device has changed. */
export function onChange(listener: () => void): void {
  changed = listener;
}

/** Send what may be sent now; what could not be sent stays as it is. */
export async function sendWaiting(): Promise<void> {
  await navigator.locks.request("outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const parcel of await store.all()) {
      if (parcel.state !== "waiting" || parcel.notBefore > Date.now()) continue;
      const whole = await withDigests(parcel);
      const next = afterAnswer(whole, await post(whole), Date.now());
      await store.put(next);
      changed();
    }
  });
}

/** When the next one may be tried, in milliseconds from now; undefined when nothing waits. */
export async function nextIn(): Promise<number | undefined> {
  const waiting = (await store.all()).filter(({ state }) => state === "waiting");
  if (waiting.length === 0) return undefined;
  return Math.max(1000, Math.min(...waiting.map(({ notBefore }) => notBefore)) - Date.now());
}

async function post(parcel: Parcel): Promise<Answer | undefined> {
  try {
    const token = await csrfToken();
    const response = await fetch(REPORT, {
      method: "POST",
      body: unpack(parcel),
      headers: { Accept: "application/json", "X-CSRFToken": token },
      redirect: "error",
    });
    return await read(response);
  } catch {
    return undefined;
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
