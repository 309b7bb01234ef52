/** The page's filters: opened by the key `f` and by the button on the map. */
import { isPhone, one } from "../dom";
import { setSheet } from "./sheet";

export function openFilters(): void {
  const details = one<HTMLDetailsElement>("#panel details.filters");
  if (!details) return;
  if (isPhone()) setSheet("full");
  details.open = true;
  one("input, select", details)?.focus({ preventScroll: true });
  details.scrollIntoView({ block: "start" });
}
