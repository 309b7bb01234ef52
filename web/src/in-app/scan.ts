/** A button beside the fields for codes (`data-scan`), where the program can scan. */
import { all, announce, make } from "../dom";
import { say } from "../words";
import type { Program } from "./program";

const CODE = /^[A-Za-z0-9 -]{1,40}$/;

export type Scanned = { follow: string } | { fill: string } | { refused: true };

/** An address of this site is followed, a plain code filled in; nothing else is touched. */
export function readScanned(text: string, base: string = location.href): Scanned {
  const found = text.trim();
  if (CODE.test(found)) return { fill: found };
  try {
    const url = new URL(found);
    const own = new URL(base);
    // The origin of a `blob:` address is that of the one within it.
    const isOurs = url.protocol === own.protocol && url.origin === own.origin;
    if (isOurs && !url.username) return { follow: url.href };
  } catch {
    // no address
  }
  return { refused: true };
}

async function scanInto(
  field: HTMLInputElement,
  program: Program,
  note: HTMLElement,
  go: (address: string) => void,
): Promise<void> {
  const tell = (words: string): void => {
    note.textContent = words;
    announce(words);
  };
  try {
    const read = readScanned(await program.scan());
    const isTooLong = "fill" in read && field.maxLength > 0 && read.fill.length > field.maxLength;
    if ("follow" in read) go(read.follow);
    else if ("refused" in read || isTooLong) tell(say("inApp.notOurs"));
    else {
      field.value = read.fill;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      tell(say("inApp.filled"));
    }
  } catch {
    tell(say("inApp.nothing"));
  }
}

export function dressScans(
  program: Program,
  go: (address: string) => void = (address) => location.assign(address),
): void {
  for (const field of all<HTMLInputElement>("input[data-scan]")) {
    if (field.dataset.scan === "dressed") continue;
    field.dataset.scan = "dressed";
    const button = make("button", { type: "button", class: "btn", text: say("inApp.scan") });
    const note = make("p", { class: "field__help", role: "status" });
    button.addEventListener("click", () => void scanInto(field, program, note, go));
    field.after(make("div", { class: "btn-row" }, button), note);
  }
}
