/** `data-print`: a button that prints the page; without scripts the browser's own command does. */
import { all } from "../dom";

export function dressPrintButtons(): void {
  for (const button of all<HTMLButtonElement>("[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
