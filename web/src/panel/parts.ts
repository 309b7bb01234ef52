/** Parts of the page that say how things were in a month are fetched anew; the rest, and the focus, stay. */
import { all, one } from "../dom";
import htmx from "./htmx";

let turn = 0;

/** Put the part of a fetched page in the place of the one with the same id; false where the page has none. */
export function putFresh(part: Element, page: Document): boolean {
  const fresh = page.getElementById(part.id);
  if (!fresh) return false;
  const adopted = document.adoptNode(fresh);
  part.replaceWith(adopted);
  htmx.process(adopted);
  return true;
}

/** Ask the page's own address with `query` for its `[data-by-month]` parts; true when they came and are the newest. */
export async function reloadParts(query: URLSearchParams): Promise<boolean> {
  const parts = all("#panel [data-by-month]").filter(({ id }) => id);
  if (parts.length === 0) return false;
  turn += 1;
  const mine = turn;
  const { pathname } = location;
  const answer = await fetch(`${pathname}?${query}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || mine !== turn || pathname !== location.pathname) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) putFresh(part, page);
  const month = one<HTMLInputElement>("#panel input[name='at']");
  if (month) month.value = query.get("at") ?? "";
  return true;
}
