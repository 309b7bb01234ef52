/** What the scripts themselves say, in the page's language. Everything else is said by the server. */

import { EN } from "./words/en";
import { ZH } from "./words/zh";

export type WordKey = keyof typeof ZH;

/** Say `key` in the page's language with `{name}` filled in. */
export function say(key: WordKey, values: Record<string, string | number> = {}): string {
  const english = typeof document !== "undefined" && document.documentElement.lang.startsWith("en");
  const text = english ? EN[key] : ZH[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The counting word of a tileset's features. */
export function things(tileset: string): string {
  const key = `things.${tileset}`;
  return key in ZH ? say(key as WordKey) : say("things.other");
}
