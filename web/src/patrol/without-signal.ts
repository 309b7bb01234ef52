/**
 * A patrol that begins, runs and ends without signal: its start, what is found and its end wait in the outbox, in this
 * order, under the account that this phone knows; its positions wait in the queue of the recorder.
 */
import { make, one } from "../dom";
import { draw } from "../report/box";
import type { Parcel } from "../report/parcel";
import { wakeOutbox } from "../report/send";
import * as store from "../report/store";
import { say } from "../words";
import { type Active, activeOf, remembered, walker } from "./active";
import { close, record } from "./running";

export const PAGE = "/patrols/offline/";

/** What waits in the outbox for a step of such a patrol. */
export function parcelFor(
  step: "start" | "stop",
  number: string,
  who: { id: string; name: string },
  fields: Record<string, string>,
): Parcel {
  const action = step === "start" ? "/api/v1/patrols/" : `/api/v1/patrols/${number}/stop/`;
  return {
    // The start goes by the number of the patrol: sent twice, it is one.
    id: step === "start" ? number : `stop:${number}`,
    secret: "",
    as: who.id,
    asName: who.name,
    action,
    kind: say(step === "start" ? "patrol.kindStart" : "patrol.kindStop"),
    walk: number,
    ends: step === "stop",
    made: Date.now(),
    fields,
    photos: [],
    state: "waiting",
    tries: 0,
    notBefore: 0,
  };
}

/** Begin here and now; what the form says of capacity and water goes along. */
export async function beginWithoutSignal(form: HTMLFormElement): Promise<void> {
  const who = walker();
  const data = new FormData(form);
  if (!who) {
    tell(form, say("patrol.whoFirst"));
    return;
  }
  if (remembered() && !remembered()?.ended) {
    location.assign(PAGE);
    return;
  }
  const given = String(data.get("client_id") ?? "");
  const number = /^[0-9a-f-]{36}$/.test(given) ? given : crypto.randomUUID();
  const fields = {
    capacity: String(data.get("capacity") || "deputy"),
    river: String(data.get("river") ?? ""),
    began_at: new Date().toISOString(),
  };
  try {
    await store.put(parcelFor("start", number, who, fields));
  } catch {
    tell(form, say("outbox.full"));
    return;
  }
  record(activeOf(number, who.id));
  if (one("[data-patrol-offline]")) dressWithoutSignal();
  else location.assign(PAGE);
}

function tell(form: HTMLFormElement, text: string, look = "field__error"): void {
  one(".outbox__problem", form)?.remove();
  form.append(make("p", { class: `${look} outbox__problem`, role: "alert", text }));
}

/** The page that a phone keeps for this: start, or what runs. */
export function dressWithoutSignal(): void {
  const page = one("[data-patrol-offline]");
  if (!page) return;
  const active = remembered();
  // Opened in place of the form of a patrol that the server knows, it belongs to that one.
  const asked = /^\/patrols\/(\d+)\/find\/$/.exec(location.pathname)?.[1];
  const number = asked ?? (active?.ended ? undefined : active?.patrol);
  const who = walker();
  for (const part of page.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = (part.dataset.when === "runs") !== (number !== undefined);
  }
  const name = one("[data-walker]", page);
  if (name)
    name.textContent = who ? say("patrol.asWho", { name: who.name }) : say("patrol.whoFirst");
  if (!number) return;
  const found = one<HTMLFormElement>("form[data-patrol-found]", page);
  if (found && who) {
    found.action = `/patrols/${number}/find/`;
    Object.assign(found.dataset, { filedAs: who.id, filedAsName: who.name });
    // One patrol at a time: what runs here is it, by whichever number.
    found.dataset.outboxWalk = active && !active.ended ? active.patrol : number;
  }
  const stop = one<HTMLFormElement>("form[data-patrol-end]", page);
  if (!stop || stop.dataset.dressed !== undefined) return;
  stop.dataset.dressed = "";
  stop.addEventListener("submit", (event) => {
    event.preventDefault();
    const running = remembered();
    if (running) void endWithoutSignal(stop, running);
  });
}

/** End here and now: the end goes after everything else of the walk, and none of its positions is given up. */
export async function endWithoutSignal(form: HTMLFormElement, active: Active): Promise<void> {
  const who = walker();
  if (active.ended || !who) return;
  const note = String(new FormData(form).get("note") ?? "");
  const fields = { note, ended_at: new Date().toISOString() };
  try {
    await store.put(parcelFor("stop", active.patrol, who, fields));
  } catch {
    tell(form, say("outbox.full"));
    return;
  }
  close(active);
  form.reset();
  dressWithoutSignal();
  tell(form, say("outbox.kept"), "notice notice--ok");
  await draw();
  wakeOutbox();
}
