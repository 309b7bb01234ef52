/** Drafts: what was typed into a form with `data-draft` is kept on this device until it has been sent. */
import { all, make, one } from "../dom";
import { say } from "../words";

const PREFIX = "draft:";
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;

export interface Draft {
  saved: number;
  /** The account under which it was typed; "" for none. */
  as?: string;
  fields: Record<string, string>;
}

/** A draft as it was stored; undefined when there is none, it is broken or too old to be meant. */
export function parseDraft(text: string | null, now: number): Draft | undefined {
  if (!text) return undefined;
  try {
    const draft = JSON.parse(text) as Draft;
    const isFresh = typeof draft.saved === "number" && now - draft.saved < MAX_AGE_MS;
    return isFresh && typeof draft.fields === "object" ? draft : undefined;
  } catch {
    return undefined;
  }
}

/** The account of this page; undefined on pages that a device keeps, which are the same for everybody. */
const account = (): string | undefined => document.documentElement.dataset.account;

/** Typed under another account on this device: it is shown to nobody else. */
export function isOthers({ as }: Draft, here: string | undefined): boolean {
  return Boolean(as) && here !== undefined && here !== as;
}

/** Each thing has a draft of its own: the address says what the form is about. */
export function draftKey(name: string, search: string): string {
  const query = new URLSearchParams(search);
  const about = ["point", "project"].map((key) => query.get(key) ?? "").filter(Boolean);
  return PREFIX + [name, ...about].join(":");
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The fields worth keeping: no files, no passwords, nothing that the server set. */
function keptFields(form: HTMLFormElement): Field[] {
  return all<Field>("input, textarea, select", form).filter(
    (field) => field.name !== "" && !["hidden", "file", "password", "submit"].includes(field.type),
  );
}

const isChoice = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox");

function collect(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of keptFields(form)) {
    if (isChoice(field)) {
      if (field.checked) values[field.name] = field.value;
    } else if (field.value) values[field.name] = field.value;
  }
  return values;
}

function fill(form: HTMLFormElement, values: Record<string, string>): boolean {
  let filled = false;
  for (const field of keptFields(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (isChoice(field)) {
      if (field.value === value && !field.checked) {
        field.checked = true;
        filled = true;
      }
    } else if (field.value === "") {
      field.value = value;
      field.dispatchEvent(new Event("change")); // what shows the value in words follows it
      filled = true;
    }
  }
  return filled;
}

function store(key: string, form: HTMLFormElement): void {
  const draft: Draft = { saved: Date.now(), as: account(), fields: collect(form) };
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or closed storage must not stand in the way of the form itself.
  }
}

function drop(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept then.
  }
}

/** What was typed is kept elsewhere now. */
export function forgetDraft(form: HTMLFormElement): void {
  drop(draftKey(form.dataset.draft ?? "", location.search));
  one(".draft-note", form)?.remove();
}

function read(key: string): Draft | undefined {
  try {
    return parseDraft(localStorage.getItem(key), Date.now());
  } catch {
    return undefined;
  }
}

function offerDiscard(form: HTMLFormElement, key: string): void {
  const button = make("button", {
    type: "button",
    class: "btn btn--quiet",
    text: say("report.discard"),
  });
  const note = make("div", { class: "notice notice--info draft-note", role: "status" });
  note.append(make("span", { text: say("report.draft") }), button);
  button.addEventListener("click", () => {
    form.reset();
    drop(key);
    note.remove();
  });
  form.prepend(note);
}

/** Keep the drafts of the forms in the panel. */
export function dressDrafts(): void {
  for (const form of all<HTMLFormElement>("form[data-draft]:not([data-draft-on])")) {
    form.dataset.draftOn = "";
    const key = draftKey(form.dataset.draft ?? "", location.search);
    const draft = read(key);
    if (draft && !isOthers(draft, account()) && fill(form, draft.fields)) {
      offerDiscard(form, key);
      form.dispatchEvent(new CustomEvent("draft:restored"));
    }
    form.addEventListener("input", () => store(key, form));
    form.addEventListener("htmx:afterRequest", (event) => {
      const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
      const whole = xhr.getResponseHeader("HX-Redirect") ?? xhr.responseURL;
      const landed = whole ? new URL(whole, location.href).pathname : "";
      // A form that was taken leads to another page; one that was not comes back.
      if (xhr.status < 400 && landed !== new URL(form.action).pathname) drop(key);
    });
  }
}
