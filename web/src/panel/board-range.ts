/** The slider of a board as the keyboard finds it, without what moves it. */
import { one } from "../dom";

/** The key `t` leads to the slider of the page, where it has one. */
export function focusBoardTime(): boolean {
  const range = one<HTMLInputElement>("[data-board-range]:not([hidden])");
  range?.focus();
  return range !== null;
}
