/** Fields for files in the page's language: a button and what was chosen, beneath the browser's own unseen control. */
import { all, make } from "../dom";
import { say } from "../words";

const FIELDS = "input[type='file']:not([data-dressed], [accept*='image'])";

/** Give every field for files, photos apart, words of ours; clicks, drops and keys are still the browser's. */
export function dressFiles(): void {
  for (const input of all<HTMLInputElement>(FIELDS)) {
    input.dataset.dressed = "";
    const button = make("span", { class: "btn", "aria-hidden": "true", text: say("file.choose") });
    const word = make("span", { class: "file-control__name", "aria-hidden": "true" });
    const show = (): void => {
      word.textContent =
        [...(input.files ?? [])].map(({ name }) => name).join(" · ") || say("file.none");
    };
    const box = make("div", { class: "file-control" });
    input.replaceWith(box);
    box.append(button, word, input);
    input.addEventListener("change", show);
    input.form?.addEventListener("reset", () => setTimeout(show));
    show();
  }
}
