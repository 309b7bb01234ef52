/**
 * The style editor while one types: the draft goes to the server, which answers with the page of that draft; its parts
 * (`data-live`) take the place of ours, and the map draws the draft. Without scripts the preview button does the same.
 */
import { all, announce, debounce, one } from "../dom";
import { startMap } from "../map/bridge";

const WAIT_MS = 250;
/** What stays shown while the draft has mistakes. */
const WHEN_REFUSED = ["style-errors"];

/** Whether somebody is typing in `part`, so that replacing it would eat letters or close a colour picker. */
export function isBeingTyped(part: Element, active: Element | null): boolean {
  if (!active || !part.contains(active) || !(active instanceof HTMLInputElement)) return false;
  return active.type !== "checkbox" && active.type !== "radio";
}

/** Take over the live parts of the answer's page; focus stays on the control that has it. */
export function takeOver(form: HTMLElement, page: Document, only?: readonly string[]): void {
  const focused = document.activeElement?.id ?? "";
  for (const part of all("[data-live]", form)) {
    const fresh = page.getElementById(part.id);
    if (!fresh || (only && !only.includes(part.id))) continue;
    if (isBeingTyped(part, document.activeElement)) continue;
    part.replaceWith(document.importNode(fresh, true));
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

/** Show only what the chosen kind of style has use for, before the server's answer is there. */
function showWhatApplies(form: HTMLFormElement): void {
  const kind = String(new FormData(form).get("kind") ?? "");
  for (const part of all("[data-for]", form)) {
    part.toggleAttribute("data-unused", !(part.dataset.for ?? "").split(" ").includes(kind));
  }
}

function dress(form: HTMLFormElement): void {
  let running: AbortController | undefined;
  const preview = async (): Promise<void> => {
    running?.abort();
    running = new AbortController();
    const body = new FormData(form);
    body.set("do", "preview");
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!form.isConnected) return;
      takeOver(form, page, answer.ok ? undefined : WHEN_REFUSED);
      const problem = one("#style-errors .error-summary", form)?.textContent?.trim();
      if (problem) announce(problem);
      if (answer.ok) void startMap().then((map) => map?.showDraft());
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      form.removeAttribute("aria-busy");
    }
  };
  const soon = debounce(() => void preview(), WAIT_MS);
  form.addEventListener("input", (event) => {
    showWhatApplies(form);
    // Text and numbers are waited for; a choice is a choice.
    if (event.target instanceof HTMLInputElement && event.target.type === "radio") void preview();
    else soon();
  });
  form.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-preview]")) {
      event.preventDefault();
      void preview();
    }
  });
}

/** Bring the page's style editor to life, once. */
export function dressStyleEditor(): void {
  const form = one<HTMLFormElement>("form[data-style-editor]:not([data-dressed])");
  if (!form) return;
  form.dataset.dressed = "";
  dress(form);
}
