/** A report that waits on this device until it has been taken: what it holds, and when it may be tried again. */

export interface Photo {
  name: string;
  blob: Blob;
}

export interface Parcel {
  /** The report's client number: sent twice, it is filed once. */
  id: string;
  /** What the private link is made of; the server keeps only its digest. */
  secret: string;
  /** The account it was written under; "" for none. */
  as: string;
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
const OWN_FIELDS = new Set(["client_id", "secret", "csrfmiddlewaretoken", "photos", "anyway"]);

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
      if (value.size > 0) photos.push({ name: value.name, blob: value });
    } else if (!OWN_FIELDS.has(name)) fields[name] = value;
  }
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

/** What is posted: the same as the form itself would. What was alike has been shown, or could not be. */
export function unpack(parcel: Parcel): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(parcel.fields)) data.set(name, value);
  data.set("client_id", parcel.id);
  data.set("secret", parcel.secret);
  data.set("filed_as", parcel.as);
  data.set("anyway", "1");
  for (const { name, blob } of parcel.photos) data.append("photos", blob, name);
  return data;
}

export interface Answer {
  status: number;
  retryAfter?: number;
  number?: string;
  url?: string;
  detail?: string;
  errors?: string[];
}

/** What an answer makes of a parcel; without one (`undefined`) nothing was heard and it waits. */
export function afterAnswer(parcel: Parcel, answer: Answer | undefined, now: number): Parcel {
  const tries = parcel.tries + 1;
  if (!answer || answer.status >= 500 || answer.status === 403 || answer.status === 409) {
    const again = { ...parcel, tries, notBefore: now + pauseAfter(tries) };
    return answer?.status === 409 ? { ...again, reason: answer.detail } : again;
  }
  if (answer.status === 429) {
    return { ...parcel, tries, notBefore: now + (answer.retryAfter ?? 60) * 1000 };
  }
  if (answer.status < 300 && answer.number) {
    const { number, url } = answer;
    return { ...parcel, state: "sent", photos: [], fields: {}, number, url, reason: undefined };
  }
  const reason = [...new Set(answer.errors?.length ? answer.errors : [answer.detail ?? ""])];
  return { ...parcel, tries, state: "refused", reason: reason.join(" ") };
}
