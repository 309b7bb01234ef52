/** The moderation desk by keyboard: x ticks the report that has the focus, a accepts, d asks for the reason. */
import { all, isTyping, one } from "../dom";
import { whereAmI } from "../map/where";
import { navigate } from "../panel/navigation";
import { say } from "../words";

/** Give the form of received reports its keys. */
export function dressModeration(): void {
  for (const form of all<HTMLFormElement>("form[data-moderation]:not([data-keys])")) {
    form.dataset.keys = "";
    const listen = (event: KeyboardEvent): void => {
      if (!form.isConnected) document.removeEventListener("keydown", listen);
      else if (!ignored(event)) act(form, event);
    };
    document.addEventListener("keydown", listen);
  }
}

function ignored(event: KeyboardEvent): boolean {
  const { target } = event;
  const inBox = target instanceof HTMLInputElement && target.type === "checkbox";
  return event.ctrlKey || event.metaKey || event.altKey || (isTyping(target) && !inBox);
}

function act(form: HTMLFormElement, event: KeyboardEvent): void {
  const boxes = all<HTMLInputElement>("input[name='chosen']", form);
  if (event.key === "x") tick(boxes);
  else if (event.key === "a") one<HTMLButtonElement>("button[value='accept']", form)?.click();
  else if (event.key === "d") openReasons(form);
  else if (event.key === "j" || event.key === "k") step(boxes, event.key === "j" ? 1 : -1);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function here(boxes: HTMLInputElement[]): number {
  const row = document.activeElement?.closest(".row");
  return boxes.findIndex((box) => box === document.activeElement || (row?.contains(box) ?? false));
}

function tick(boxes: HTMLInputElement[]): void {
  const box = boxes[Math.max(0, here(boxes))];
  if (box) box.checked = !box.checked;
}

function step(boxes: HTMLInputElement[], by: number): void {
  const next = boxes[Math.max(0, Math.min(boxes.length - 1, here(boxes) + by))];
  next?.focus();
  next?.closest(".row")?.scrollIntoView({ block: "nearest" });
}

function openReasons(form: HTMLFormElement): void {
  const box = one<HTMLDetailsElement>("[data-decline]", form);
  if (!box) return;
  box.open = true;
  one<HTMLSelectElement>("select", box)?.focus();
}

/** "Near me": the list that the form narrows, by distance from where the reader stands. */
export function dressNearMe(): void {
  for (const form of all<HTMLFormElement>("form[data-near-me]:not([data-near-on])")) {
    form.dataset.nearOn = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = say("report.nearMe");
    button.addEventListener("click", () => {
      void whereAmI().then(({ lng, lat }) => {
        navigate(`${form.getAttribute("action")}?lng=${lng.toFixed(5)}&lat=${lat.toFixed(5)}`);
      });
    });
    one(".btn-row", form)?.append(button);
  }
}
