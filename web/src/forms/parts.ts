/** `data-parts`: the parts of a formset. Each shows the fields that its kind needs, moves up and down, and one can be
    added; their numbers follow from where they stand. Without scripts all fields are there, the order as a number. */
import { all, announce, one } from "../dom";
import { dressDays } from "./day-control";

const FIELD = ".field";

/** Whether a field with these kinds is asked in a part of that kind; a part without a kind asks for nothing else. */
export function asked(kinds: string | undefined, kind: string): boolean {
  return kind !== "" && (kinds === undefined || kinds.split(" ").includes(kind));
}

function showNeeded(part: HTMLElement): void {
  const chooser = one<HTMLSelectElement>("select[name$='-kind']", part);
  const kind = chooser?.value ?? "";
  for (const control of all<HTMLElement>("input, select, textarea", part)) {
    const field = control.closest<HTMLElement>(FIELD);
    if (!field || control === chooser) continue;
    const place = control.dataset.place !== undefined;
    field.hidden = place || !(asked(control.dataset.for, kind) || field.matches(".has-error"));
    if (control instanceof HTMLSelectElement && control.dataset.many !== undefined) {
      oneOrMany(control, asked(control.dataset.many, kind));
    }
  }
}

/** Only some kinds take several entries: the others have a list of which one is taken. */
function oneOrMany(list: HTMLSelectElement, many: boolean): void {
  const first = [...list.selectedOptions].find((option) => option.value)?.value ?? "";
  list.multiple = many;
  list.size = many ? 8 : 0;
  const none = list.options[0];
  if (none && none.value === "") none.hidden = many;
  if (!many) list.value = first;
  else if (none) none.selected = false;
}

function number(box: HTMLElement): void {
  const parts = all("[data-part]", box);
  for (const [index, part] of parts.entries()) {
    const shown = one("[data-part-number]", part);
    if (shown) shown.textContent = String(index + 1);
    const place = one<HTMLInputElement>("[data-place]", part);
    if (place) place.value = String(index + 1);
    const moves = one("[data-part-moves]", part);
    if (!moves) continue;
    moves.hidden = !place;
    for (const button of all<HTMLButtonElement>("[data-part-move]", moves)) {
      button.disabled = !parts[index + Number(button.dataset.partMove)];
    }
  }
}

/** A form that comes back has its parts as they were sent, each with its number: the order is that of the numbers. */
function order(box: HTMLElement): void {
  const place = (part: HTMLElement) =>
    Number(one<HTMLInputElement>("[data-place]", part)?.value || Number.POSITIVE_INFINITY);
  const parts = all("[data-part]", box);
  const sorted = [...parts].sort((a, b) => place(a) - place(b) || 0);
  if (sorted.every((part, index) => part === parts[index])) return;
  for (const part of sorted.reverse()) box.prepend(part);
}

function move(box: HTMLElement, button: HTMLButtonElement): void {
  const part = button.closest<HTMLElement>("[data-part]");
  const parts = all("[data-part]", box);
  if (!part) return;
  const step = Number(button.dataset.partMove);
  const other = parts[parts.indexOf(part) + step];
  if (!other) return;
  if (step < 0) other.before(part);
  else other.after(part);
  number(box);
  // At the end of its way the button is off; the focus stays on the part.
  (button.disabled ? one<HTMLButtonElement>("[data-part-move]:enabled", part) : button)?.focus();
  announce(one("legend", part)?.textContent?.trim() ?? "");
}

function add(box: HTMLElement, total: HTMLInputElement, most: number): void {
  const empty = one<HTMLTemplateElement>("template", box);
  const next = Number(total.value);
  if (!empty || next >= most) return;
  const page = document.createElement("div");
  page.innerHTML = empty.innerHTML.replaceAll("__prefix__", String(next));
  const part = page.firstElementChild as HTMLElement;
  empty.before(part);
  dressDays(part);
  total.value = String(next + 1);
  number(box);
  showNeeded(part);
  one("select", part)?.focus();
}

export function dressParts(): void {
  for (const box of all<HTMLElement>("[data-parts]:not([data-dressed])")) {
    box.dataset.dressed = "";
    const name = box.dataset.parts ?? "";
    const count = (what: string) =>
      one<HTMLInputElement>(`[name='${name}-${what}_FORMS']`, box.closest("form") ?? document);
    const total = count("TOTAL");
    const most = Number(count("MAX_NUM")?.value ?? 0);
    const button = one<HTMLButtonElement>("[data-part-add]", box);
    const offer = () => {
      if (button) button.hidden = !total || Number(total.value) >= most;
    };
    order(box);
    all("[data-part]", box).forEach(showNeeded);
    number(box);
    offer();
    box.addEventListener("change", (event) => {
      const part = (event.target as HTMLElement).closest<HTMLElement>("[data-part]");
      if (part && (event.target as HTMLElement).matches("select[name$='-kind']")) showNeeded(part);
    });
    box.addEventListener("click", (event) => {
      const mover = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-part-move]");
      if (mover) move(box, mover);
    });
    button?.addEventListener("click", () => {
      if (total) add(box, total, most);
      offer();
    });
  }
}
