/** Buttons that put a ready text into a field: into an empty one as it is, otherwise below what stands there. */
import { all } from "../dom";

export function joined(now: string, added: string): string {
  return now.trim() ? `${now.trimEnd()}\n${added}` : added;
}

export function dressInserts(): void {
  for (const button of all("[data-insert-into]:not([data-dressed])")) {
    button.dataset.dressed = "";
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.insertInto ?? "");
      if (!(field instanceof HTMLTextAreaElement)) return;
      field.value = joined(field.value, button.dataset.text ?? "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }
}
