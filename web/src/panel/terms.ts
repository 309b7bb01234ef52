/** Terms in a text: what one means opens beside it; without script its link leads to the page that says so. */
import { make } from "../dom";
import { say } from "../words";

const GAP = 6;
const EDGE = 8;

/** Where a box of `width` by `height` stands: under the word, above it where there is no room, within the window. */
export function beside(
  word: { left: number; top: number; bottom: number },
  box: { width: number; height: number },
  room: { width: number; height: number },
): { left: number; top: number } {
  const left = Math.max(EDGE, Math.min(word.left, room.width - box.width - EDGE));
  const below = word.bottom + GAP;
  const fits = below + box.height + EDGE <= room.height;
  const top = fits ? below : Math.max(EDGE, word.top - GAP - box.height);
  return { left, top };
}

let opened: HTMLElement | null = null;

function shut(): void {
  opened?.hidePopover();
}

function meaningOf(link: HTMLAnchorElement): HTMLElement {
  const box = make("span", {
    class: "term-box",
    popover: "auto",
    role: "dialog",
    tabindex: "-1",
    "aria-label": link.textContent ?? "",
  });
  box.append(make("span", { text: link.dataset.meaning }));
  if (link.dataset.basis)
    box.append(make("span", { class: "term-box__basis", text: link.dataset.basis }));
  box.append(make("a", { href: link.href, text: say("term.more") }));
  return box;
}

function open(link: HTMLAnchorElement): void {
  shut();
  const box = meaningOf(link);
  link.after(box);
  opened = box;
  link.setAttribute("aria-expanded", "true");
  box.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    link.setAttribute("aria-expanded", "false");
    // Escape leaves the focus nowhere when what had it goes away.
    if (box.contains(document.activeElement)) link.focus();
    if (opened === box) opened = null;
    box.remove();
  });
  box.showPopover();
  const { left, top } = beside(
    link.getClientRects()[0] ?? link.getBoundingClientRect(),
    box.getBoundingClientRect(),
    { width: document.documentElement.clientWidth, height: window.innerHeight },
  );
  box.style.setProperty("left", `${left}px`);
  box.style.setProperty("top", `${top}px`);
  box.focus({ preventScroll: true });
}

function onClick(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a.term[data-meaning]");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (link.getAttribute("aria-expanded") === "true") shut();
  else open(link);
}

/** Before htmx hears of the click: it would open the link's page. */
export function startTerms(): void {
  if ("popover" in HTMLElement.prototype) document.addEventListener("click", onClick, true);
}
