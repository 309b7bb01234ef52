/** Small ways with the page. */

export function one<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

interface Attributes {
  class?: string;
  text?: string;
  [name: string]: string | undefined;
}

/** Make an element; attributes by name, `text` as its text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Tell screen readers without moving anything. */
export function announce(message: string): void {
  const live = one("#live");
  if (live) live.textContent = message;
}

/** Call `work` once things have been quiet for `wait` milliseconds. */
export function debounce<A extends unknown[]>(work: (...args: A) => void, wait: number) {
  let timer = 0;
  return (...args: A): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => work(...args), wait);
  };
}

/** Fields that take no letters leave the keys of the page alone. */
const NO_LETTERS = "[type=range], [type=checkbox], [type=radio]";

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(`input:not(${NO_LETTERS}), textarea, select, [contenteditable]`) !== null
  );
}

export const isPhone = (): boolean => matchMedia("(width < 860px)").matches;
