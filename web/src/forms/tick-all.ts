/** Long lists of boxes: one box above ticks all of them or none, and says how many are ticked. */
import { all, make } from "../dom";
import { say } from "../words";

/** Fewer are ticked as fast by themselves. */
const LONG = 10;

function boxesIn(group: Element): HTMLInputElement[] {
  return all<HTMLInputElement>("input[type=checkbox][name]:not([disabled])", group);
}

function dress(list: HTMLElement, boxes: HTMLInputElement[]): void {
  const whole = make("input", { type: "checkbox" });
  const words = make("span", {});
  const row = make("label", { class: "choice choice--whole" }, whole, words);
  const follow = (): void => {
    const ticked = boxes.filter((box) => box.checked).length;
    whole.checked = ticked === boxes.length;
    whole.indeterminate = ticked > 0 && ticked < boxes.length;
    words.textContent = say("tick.all", { count: String(ticked), total: String(boxes.length) });
  };
  whole.addEventListener("change", () => {
    for (const box of boxes) box.checked = whole.checked;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.addEventListener("change", follow);
  list.before(row);
  follow();
}

export function dressLongLists(): void {
  for (const list of all<HTMLElement>("form[method=post] fieldset > :is(.choices, .chips)")) {
    if (list.dataset.dressed !== undefined) continue;
    list.dataset.dressed = "";
    const boxes = boxesIn(list);
    if (boxes.length >= LONG) dress(list, boxes);
  }
}
