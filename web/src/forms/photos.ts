/** Photos in forms: a grid for each field that takes them, and how far a form with files has been sent. */
import { all, make, one } from "../dom";
import { say } from "../words";
import { Tray } from "./tray";

/** Give every field for photos its grid. */
export function dressPhotos(): void {
  const fields = "input[type='file'][accept*='image']:not([data-dressed])";
  for (const input of all<HTMLInputElement>(fields)) {
    input.dataset.dressed = "";
    new Tray(input);
  }
}

/** How far a form with files has been sent. */
export function dressProgress(): void {
  for (const form of all<HTMLFormElement>(
    "form[enctype='multipart/form-data']:not([data-progress])",
  )) {
    form.dataset.progress = "";
    const bar = make("progress", { max: "100", value: "0" });
    const word = make("span", {});
    const box = make("div", { class: "progress", hidden: "" }, bar, word);
    (one(".btn-row:last-of-type", form) ?? form).append(box);
    form.addEventListener("htmx:xhr:progress", (event) => {
      const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
      if (!total) return;
      const percent = Math.min(100, Math.round((loaded / total) * 100));
      box.hidden = false;
      bar.value = percent;
      word.textContent = say("report.sending", { percent });
    });
    // The second is of a form that the outbox sends.
    for (const name of ["htmx:afterRequest", "outbox:answered"])
      form.addEventListener(name, () => {
        box.hidden = true;
      });
    form.addEventListener("htmx:sendError", () => {
      box.hidden = false;
      word.textContent = say("report.offline");
    });
  }
}
