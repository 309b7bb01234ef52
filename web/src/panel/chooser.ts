/** A list in which rows are ticked: says how many are, and shows what can be done to them only then. */
import { all, one } from "../dom";
import { say } from "../words";

function boxesIn(place: Element): HTMLInputElement[] {
  return all<HTMLInputElement>("input[name=chosen]", place);
}

/** The box above a group: ticks all its rows, or says that they all are ticked, or that some are. */
function followRows(whole: HTMLInputElement): void {
  const boxes = boxesIn(whole.closest("section") ?? whole);
  const ticked = boxes.filter((box) => box.checked).length;
  whole.checked = ticked > 0 && ticked === boxes.length;
  whole.indeterminate = ticked > 0 && ticked < boxes.length;
}

function count(form: HTMLFormElement): void {
  const number = all<HTMLInputElement>("input[name=chosen]:checked", form).length;
  form.classList.toggle("has-chosen", number > 0);
  const words = one("[data-chosen-count]", form);
  if (words) words.textContent = number ? say("chooser.count", { count: String(number) }) : "";
  for (const whole of all<HTMLInputElement>("input[data-choose-all]", form)) followRows(whole);
}

export function dressChoosers(): void {
  for (const form of all<HTMLFormElement>("form[data-chooser]:not([data-dressed])")) {
    form.dataset.dressed = "";
    form.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.matches("[data-choose-all]")) {
        for (const box of boxesIn(target.closest("section") ?? form)) box.checked = target.checked;
      }
      count(form);
    });
    count(form);
  }
}
