/** `data-copy="#field"`: a button that copies a field's text; shown only where copying works. */
import { all, announce, one } from "../dom";

export function dressCopyButtons(): void {
  if (!navigator.clipboard) return;
  for (const button of all<HTMLButtonElement>("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = one<HTMLInputElement>(button.dataset.copy ?? "");
      if (!field) return;
      await navigator.clipboard.writeText(field.value);
      const label = button.lastChild;
      const before = label?.textContent ?? "";
      if (label) label.textContent = button.dataset.copied ?? `${before} ✓`;
      announce(label?.textContent ?? "");
      window.setTimeout(() => {
        if (label) label.textContent = before;
      }, 2000);
    });
  }
}
