/** The round button reports about what is open: it takes the address of the panel's own link to the report form. */
import { one } from "../dom";

export function aimReportLink(): void {
  const button = one<HTMLAnchorElement>("a[data-report]");
  if (!button) return;
  const form = button.dataset.report || button.getAttribute("href") || "";
  button.dataset.report = form;
  button.hidden = location.pathname === form;
  const own = one<HTMLAnchorElement>(`#panel a[href^="${form}?"]`);
  button.href = own?.href ?? form;
}
