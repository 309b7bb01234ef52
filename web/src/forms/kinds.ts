/** `data-kinds`: narrow the kinds of problem by what is typed. The page has all words, so no key asks the server. */
import { all, one } from "../dom";

/** Whether the words of a kind hold everything that was typed, or are held by it (a whole sentence was typed). */
export function fits(words: string, typed: string): boolean {
  const asked = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!asked.length) return true;
  if (asked.every((part) => words.includes(part))) return true;
  const whole = asked.join("");
  return words.split(" ").some((word) => word.length > 1 && whole.includes(word));
}

function narrow(box: HTMLElement, typed: string): void {
  let shown = 0;
  for (const row of all<HTMLElement>("[data-kind-words]", box)) {
    const chosen = one<HTMLInputElement>("input:checked", row) !== null;
    row.hidden = !chosen && !fits(row.dataset.kindWords ?? "", typed);
    if (!row.hidden) shown += 1;
  }
  const none = one("[data-kinds-none]", box);
  if (none) none.hidden = shown > 0;
}

export function dressKinds(): void {
  for (const box of all<HTMLElement>("[data-kinds]:not([data-dressed])")) {
    box.dataset.dressed = "";
    const field = one<HTMLInputElement>("[data-kinds-find]", box);
    field?.addEventListener("input", () => narrow(box, field.value));
    // Enter in the search picks nothing and must not send the form.
    field?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
}
