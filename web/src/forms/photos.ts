/** Photos in forms: seen before they are sent, and refused here when the server would refuse them. */
import { all, make, one } from "../dom";
import { say } from "../words";

const LIMIT_BYTES = 15 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;
const TYPES = /^image\/(jpeg|png|webp|heic|heif)$/;

/** Why a file cannot be sent as a photo; "" when it can. */
export function refusal(file: { name: string; size: number; type: string }): string {
  if (!TYPES.test(file.type)) return say("report.notPhoto", { name: file.name });
  if (file.size <= LIMIT_BYTES) return "";
  return say("report.tooBig", {
    name: file.name,
    size: (file.size / MEGABYTE).toFixed(1),
    limit: LIMIT_BYTES / MEGABYTE,
  });
}

function showFiles(input: HTMLInputElement, grid: HTMLElement, error: HTMLElement): void {
  const files = [...(input.files ?? [])];
  const reasons = files.map(refusal).filter(Boolean);
  error.textContent = reasons.join(" ");
  input.setCustomValidity(error.textContent);
  input.setAttribute("aria-invalid", String(reasons.length > 0));
  for (const image of all<HTMLImageElement>("img", grid)) URL.revokeObjectURL(image.src);
  grid.replaceChildren(
    ...files
      .filter((file) => !refusal(file))
      .map((file) =>
        make("li", {}, make("img", { src: URL.createObjectURL(file), alt: file.name })),
      ),
  );
}

/** Show chosen photos below their field. */
export function dressPhotos(): void {
  for (const input of all<HTMLInputElement>(
    "input[type='file'][accept*='image']:not([data-dressed])",
  )) {
    input.dataset.dressed = "";
    const grid = make("ul", { class: "photo-grid photo-grid--preview", role: "list" });
    const error = make("p", { class: "field__error", role: "alert" });
    input.after(error, grid);
    input.addEventListener("change", () => showFiles(input, grid, error));
    input.form?.addEventListener(
      "htmx:beforeRequest",
      (event) => {
        if (input.validationMessage === "") return;
        event.preventDefault();
        input.focus();
      },
      { capture: true },
    );
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
    form.addEventListener("htmx:afterRequest", () => {
      box.hidden = true;
    });
    form.addEventListener("htmx:sendError", () => {
      box.hidden = false;
      word.textContent = say("report.offline");
    });
  }
}
