/** A strip over every page for what goes on in the background: a patrol, what waits to be sent, how old a page is. */
import { make, one } from "../dom";
import { say } from "../words";

const ORDER = ["patrol", "outbox", "age"] as const;
export type Segment = (typeof ORDER)[number];

const shown = new Map<Segment, HTMLElement>();

/** Show `content` in its place, or nothing there any more; the strip goes with its last part. */
export function setStrip(name: Segment, content: HTMLElement | undefined): void {
  if (!content && !shown.has(name)) return;
  if (content) shown.set(name, content);
  else shown.delete(name);
  const strip = one(".strip") ?? fresh();
  strip.hidden = shown.size === 0;
  document.documentElement.toggleAttribute("data-strip", shown.size > 0);
  const parts = ORDER.map((each) => shown.get(each)).filter((each) => each !== undefined);
  strip.replaceChildren(...parts);
}

function fresh(): HTMLElement {
  const strip = make("div", { class: "strip", role: "region", "aria-label": say("strip.label") });
  (one(".shell") ?? document.body).append(strip);
  return strip;
}
