/** A form that waits on this device until it has been taken: what it holds, and when it may be tried again. */
import { claimOf, sha256 } from "../forms/claims";

export interface Photo {
  name: string;
  blob: Blob;
  /** The form's field that it was chosen in; "photos" when nothing is said. */
  field?: string;
  /** SHA-256 of its bytes when it was put here: the server names what it has by this. */
  sha256?: string;
}

export interface Parcel {
  /** The report's client number: sent twice, it is filed once. */
  id: string;
  /** What the private link is made of; the server keeps only its digest. */
  secret: string;
  /** The account it was written under; "" for none. */
  as: string;
  /** Whose account that is, as the page said. */
  asName?: string;
  /** Nobody is signed in: the person here says in whose name it goes. */
  asksName?: boolean;
  /** Where it is posted; the report form when nothing is said. */
  action?: string;
  /** What it is, in the words of its page. */
  kind?: string;
  /** The page with its form, to put it back into. */
  page?: string;
  /** It may also go without a name. */
  open?: boolean;
  /** The patrol that it belongs to, by the number of its start: nothing of it goes before that has arrived. */
  walk?: string;
  /** The end of that patrol: everything of it goes before. */
  ends?: boolean;
  /** A copy of what a page is sending just now: it counts once the page has had time to hear the answer. */
  ahead?: boolean;
  made: number;
  fields: Record<string, string>;
  photos: Photo[];
  state: "waiting" | "refused" | "sent";
  tries: number;
  notBefore: number;
  /** Why it was refused, in the server's words. */
  reason?: string;
  number?: string;
  url?: string;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
const OWN_FIELDS = new Set([
  "client_id",
  "secret",
  "csrfmiddlewaretoken",
  "photos",
  "photo_sha256",
  "filed_as",
  "in_whose_name",
  "anyway",
]);

/** How long to wait after so many failures. */
export function pauseAfter(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, tries - 1), LONGEST_PAUSE_MS);
}

/** 32 random bytes as the server expects them: 43 characters. */
export function freshSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Pack a form: its words, and its photos as they are. */
export function pack(data: FormData, as: string, now: number): Parcel {
  const fields: Record<string, string> = {};
  const photos: Photo[] = [];
  for (const [name, value] of data) {
    if (value instanceof File) {
      if (value.size > 0) photos.push({ name: value.name, blob: value, field: name });
    } else if (!OWN_FIELDS.has(name)) fields[name] = value;
  }
  // Sent later, it still says when it was seen.
  if (fields.seen_at === "") fields.seen_at = new Date(now).toISOString();
  const id = data.get("client_id");
  const secret = data.get("secret");
  return {
    id: typeof id === "string" && id ? id : crypto.randomUUID(),
    secret: typeof secret === "string" && secret ? secret : freshSecret(),
    as,
    made: now,
    fields,
    photos,
    state: "waiting",
    tries: 0,
    notBefore: 0,
  };
}

/** The parcel with the digest of each photo, for those that were kept without one too. */
export async function withDigests(parcel: Parcel): Promise<Parcel> {
  const photos = parcel.photos.map(async (photo) => ({
    ...photo,
    // A photo that the device cannot read now is claimed when it can be.
    sha256: photo.sha256 ?? (await sha256(photo.blob).catch(() => undefined)),
  }));
  return { ...parcel, photos: await Promise.all(photos) };
}

/** Taken piece by piece: the answer names what is here, and what is sent again is added. Others are taken whole. */
export const addsUp = ({ action }: Parcel): boolean =>
  action === undefined || action === "/report/" || /^\/my\/[^/]+\/say\/$/.test(action);

/** What is posted: the same as the form itself would. What was alike has been shown, or could not be. */
export function unpack(parcel: Parcel, photos = parcel.photos): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(parcel.fields)) data.set(name, value);
  data.set("client_id", parcel.id);
  data.set("secret", parcel.secret);
  data.set("filed_as", parcel.as);
  data.set("anyway", "1");
  // A video is no photo: it is taken with the report or added to it, without being announced.
  const photosOnly = parcel.photos.filter(({ field }) => field !== "video");
  data.set("photo_sha256", claimOf(photosOnly.map((photo) => photo.sha256)));
  for (const { name, blob, field } of photos) data.append(field ?? "photos", blob, name);
  return data;
}

/** Tell whether one of those kept must arrive before `parcel` may go; `rest` counts positions that wait. */
export function mustWait(parcel: Parcel, kept: Parcel[], rest: (walk: string) => number): boolean {
  const { walk, id, ends } = parcel;
  if (!walk) return false;
  if (id === walk) return isWalking(parcel, kept);
  const before = kept.filter((one) => one.walk === walk && one.id !== id && one.state !== "sent");
  return ends ? before.length > 0 || rest(walk) > 0 : before.some((one) => one.id === walk);
}

/** Tell whether the end of an earlier patrol of the same person is still to come: nobody walks twice at a time. */
function isWalking({ as, made, walk }: Parcel, kept: Parcel[]): boolean {
  const gone = new Set(kept.filter(({ state }) => state === "refused").map(({ id }) => id));
  return kept.some(
    (one) =>
      one.ends &&
      one.walk !== walk &&
      one.state === "waiting" &&
      one.as === as &&
      one.made <= made &&
      !gone.has(one.walk ?? ""),
  );
}

export interface Answer {
  status: number;
  retryAfter?: number;
  number?: string;
  url?: string;
  photos?: { arrived: string[] };
  detail?: string;
  code?: string;
  errors?: string[];
}

/** What an answer makes of a parcel; without one (`undefined`) nothing was heard and it waits. */
export function afterAnswer(parcel: Parcel, answer: Answer | undefined, now: number): Parcel {
  const tries = parcel.tries + 1;
  // Whoever sent it: from here on the list of what waits shows it, with its number or its reason.
  const tried = { ...parcel, ahead: false, tries };
  if (!answer || answer.status >= 500 || answer.status === 403 || answer.status === 409) {
    // A server that is away says how long at least; a full disk takes somebody who clears it.
    const pause = Math.max(pauseAfter(tries), (answer?.retryAfter ?? 0) * 1000);
    const again = { ...tried, notBefore: now + pause };
    if (answer?.status === 403) return { ...again, reason: answer.detail };
    if (answer?.status !== 409) return again;
    return { ...again, reason: answer.detail, asksName: answer.code === "signed-out" };
  }
  if (answer.status === 429) {
    return { ...tried, notBefore: now + (answer.retryAfter ?? 60) * 1000 };
  }
  if (answer.status === 400 && answer.code === "photos-missing") {
    // Taken whole or not at all: it goes again with every photo.
    return { ...tried, notBefore: now + pauseAfter(tries), reason: answer.detail };
  }
  if (answer.status < 300 && (answer.number || answer.url)) {
    const { number, url } = answer;
    // A photo goes only when the answer names it: it may exist nowhere else.
    const arrived = new Set(answer.photos?.arrived);
    const photos = parcel.photos.filter((photo) => !arrived.has(photo.sha256 ?? ""));
    if (photos.length > 0) {
      const notBefore = now + pauseAfter(tries);
      return { ...tried, notBefore, photos, number, url, reason: undefined };
    }
    return { ...tried, state: "sent", photos: [], fields: {}, number, url, reason: undefined };
  }
  const reason = [...new Set(answer.errors?.length ? answer.errors : [answer.detail ?? ""])];
  return { ...tried, state: "refused", reason: reason.join(" ") };
}
