/** A list in which rows are ticked: says how many are, and shows what can be done to them only then. */
import { all, one } from "../dom";
import { say } from "../words";

function count(form: HTMLFormElement): void {
  const number = all<HTMLInputElement>("input[name=chosen]:checked", form).length;
  form.classList.toggle("has-chosen", number > 0);
  const words = one("[data-chosen-count]", form);
  if (words) words.textContent = number ? say("chooser.count", { count: String(number) }) : "";
}

export function dressChoosers(): void {
  for (const form of all<HTMLFormElement>("form[data-chooser]:not([data-dressed])")) {
    form.dataset.dressed = "";
    form.addEventListener("change", () => count(form));
    count(form);
  }
}
