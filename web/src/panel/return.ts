/** Who goes back stands where she left: the same link has the focus, and the list is as far down as it was. */
import { all, one } from "../dom";

interface Left {
  /** The link that led away, and which one of several with that address it was. */
  href: string | null;
  nth: number;
  scrolled: [selector: string, top: number][];
}

const SCROLLED = [".sheet", ".panel-host"];
const MOST = 50;
const left = new Map<string, Left>();

const address = (): string => location.pathname + location.search;

const linksTo = (href: string): HTMLAnchorElement[] =>
  all<HTMLAnchorElement>("#panel a[href]").filter((link) => link.getAttribute("href") === href);

/** Note how the page that is open now is being left. */
export function noteLeaving(): void {
  const link = document.activeElement?.closest<HTMLAnchorElement>("#panel a[href]") ?? null;
  const href = link?.getAttribute("href") ?? null;
  left.delete(address());
  left.set(address(), {
    href,
    nth: link && href ? linksTo(href).indexOf(link) : 0,
    scrolled: SCROLLED.map((selector) => [selector, one(selector)?.scrollTop ?? 0]),
  });
  const oldest = left.keys().next().value;
  if (left.size > MOST && oldest !== undefined) left.delete(oldest);
}

/** Whether the focus went away with the page that was replaced; on the map or in the search it stays. */
function isFocusLost(): boolean {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body;
}

/** Give the focus to a heading, which takes none by itself. */
export function focusHeading(heading: HTMLElement | null): void {
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Put scrolling and, where it was lost, the focus back; the page's heading has it where nothing was noted. */
export function returnTo(heading: HTMLElement | null): void {
  const noted = left.get(address());
  for (const [selector, top] of noted?.scrolled ?? []) {
    for (const box of all(selector)) box.scrollTop = top;
  }
  if (!isFocusLost()) return;
  const links = noted?.href ? linksTo(noted.href) : [];
  const link = links[noted?.nth ?? 0] ?? links[0];
  if (link) link.focus({ preventScroll: true });
  else focusHeading(heading);
}
