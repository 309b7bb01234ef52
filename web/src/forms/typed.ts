/** What was typed before the session ended comes back into its form; the server kept it (`ui/forms/typed.py`). */
import { all, one } from "../dom";

interface Typed {
  path: string;
  fields: [string, string[]][];
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const SERVERS = ["hidden", "submit", "button", "file", "password"];

/** Put the values into the fields of that name, in their order; what the page itself sets stays. */
export function fillTyped(form: HTMLFormElement, fields: [string, string[]][]): number {
  let filled = 0;
  for (const [name, values] of fields) {
    const found = all<Field>("input, textarea, select", form).filter(
      (field) => field.name === name,
    );
    const left = [...values];
    for (const field of found) {
      if (SERVERS.includes(field.type)) continue;
      if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
        field.checked = values.includes(field.value);
      } else if (field instanceof HTMLSelectElement && field.multiple) {
        for (const option of field.options) option.selected = values.includes(option.value);
      } else if (left.length > 0) field.value = left.shift() ?? "";
      else continue;
      filled += 1;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  return filled;
}

export function dressTyped(): void {
  const script = one("#panel #typed-again");
  if (!script) return;
  const { path, fields } = JSON.parse(script.textContent ?? "{}") as Typed;
  script.remove();
  for (const form of all<HTMLFormElement>("#panel form")) {
    if (new URL(form.getAttribute("action") || location.href, location.href).pathname !== path)
      continue;
    fillTyped(form, fields);
    const closed = form.closest("details");
    if (closed) closed.open = true;
  }
}
