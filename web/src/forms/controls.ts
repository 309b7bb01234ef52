/** Days, times and files are shown in the page's language; the browser's own control lies beneath and does the work.
    A browser writes them in the language that it was installed in: `mm/dd/yyyy` and `Choose File` on a Chinese page. */
import { all, make } from "../dom";
import { say } from "../words";

const DAYS = "input:is([type=date], [type=datetime-local], [type=month])";
const FILES = "input[type=file]:not([accept*=image])";

const language = (): string => document.documentElement.lang || "zh-Hans";

/** A value of a day, month or moment control in words; empty for none and for what is none. */
export function wordsOf(type: string, value: string, lang: string): string {
  const time = new Date(`${type === "month" ? `${value}-01` : value.slice(0, 10)}T12:00:00Z`);
  if (value === "" || Number.isNaN(time.getTime())) return "";
  const shape: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: lang.startsWith("en") ? "short" : "long",
    ...(type === "month" ? {} : { day: "numeric" }),
    timeZone: "UTC",
  };
  const day = new Intl.DateTimeFormat(lang.startsWith("en") ? "en-GB" : lang, shape).format(time);
  return type === "datetime-local" ? `${day} ${value.slice(11, 16)}` : day;
}

function dressDay(input: HTMLInputElement): void {
  const words = make("span", { class: "own-control__words", "aria-hidden": "true" });
  const box = make("span", { class: "own-control own-control--day" });
  input.replaceWith(box);
  box.append(input, words);
  const show = (): void => {
    const found = wordsOf(input.type, input.value, language());
    words.textContent = found || say(input.type === "month" ? "control.noMonth" : "control.noDay");
    words.classList.toggle("is-empty", found === "");
  };
  show();
  for (const name of ["input", "change", "blur"]) input.addEventListener(name, show);
  input.form?.addEventListener("reset", () => queueMicrotask(show));
}

function dressFile(input: HTMLInputElement): void {
  const box = make("span", { class: "own-control own-control--file" });
  const word = input.multiple ? "control.chooseFiles" : "control.chooseFile";
  const names = make("span", { class: "own-control__words", "aria-hidden": "true" });
  input.replaceWith(box);
  box.append(make("span", { class: "btn", "aria-hidden": "true", text: say(word) }), names, input);
  const show = (): void => {
    const files = [...(input.files ?? [])].map(({ name }) => name);
    names.textContent = files.join(say("control.between")) || say("control.noFile");
    names.classList.toggle("is-empty", files.length === 0);
  };
  show();
  for (const name of ["input", "change"]) input.addEventListener(name, show);
  input.form?.addEventListener("reset", () => queueMicrotask(show));
}

/** Dress the controls in `root` that are not dressed yet; photos and the table of many rows have their own ways. */
export function dressControls(root: ParentNode = document): void {
  for (const input of all<HTMLInputElement>(`form ${DAYS}, form ${FILES}`, root)) {
    if (input.dataset.dressed !== undefined || input.closest("[data-grid]")) continue;
    input.dataset.dressed = "";
    if (input.type === "file") dressFile(input);
    else dressDay(input);
  }
}
