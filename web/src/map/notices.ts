/** Quiet words over the map: what failed and how to try again. */
import { make, one } from "../dom";

let hideTimer = 0;

export function showNotice(message: string, action?: { label: string; run: () => void }): void {
  const box = one("#map-notice");
  if (!box) return;
  window.clearTimeout(hideTimer);
  box.replaceChildren(make("span", { text: message }));
  if (action) {
    const button = make("button", { type: "button", class: "btn btn--quiet", text: action.label });
    button.addEventListener("click", () => {
      hideNotice();
      action.run();
    });
    box.append(button);
  } else {
    hideTimer = window.setTimeout(hideNotice, 6000);
  }
  box.hidden = false;
}

export function hideNotice(): void {
  const box = one("#map-notice");
  if (box) box.hidden = true;
}
