/** Days and moments are shown in the page's language; the browser's own control lies beneath and does the work.
    A browser writes them in the language that it was installed in: `mm/dd/yyyy` on a Chinese page. */
import { all, make } from "../dom";
import { say } from "../words";

const DAYS = "input:is([type=date], [type=datetime-local], [type=month])";

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
  const words = make("span", { class: "day-control__words", "aria-hidden": "true" });
  const box = make("span", { class: "day-control" });
  input.replaceWith(box);
  box.append(input, words);
  const show = (): void => {
    const found = wordsOf(input.type, input.value, language());
    words.textContent = found || say(input.type === "month" ? "control.noMonth" : "control.noDay");
    words.classList.toggle("is-empty", found === "");
  };
  show();
  for (const name of ["input", "change", "blur"]) input.addEventListener(name, show);
  input.form?.addEventListener("reset", () => setTimeout(show));
}

/** Dress the days in `root` that are not dressed yet; the table of many rows has its own way. */
export function dressDays(root: ParentNode = document): void {
  for (const input of all<HTMLInputElement>(DAYS, root)) {
    if (!input.form || input.dataset.dressed !== undefined || input.closest("[data-grid]"))
      continue;
    input.dataset.dressed = "";
    dressDay(input);
  }
}
