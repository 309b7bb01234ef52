/** Reads the page to whoever would rather listen, with the voice that the browser has. */
import { all, announce, one } from "../dom";
import { say } from "../words";

const SPOKEN = "h1, h2, h3, p, li, dt, dd, th, td, figcaption, summary, label";
const UNSPOKEN = "nav, form, .site-foot, .visually-hidden, [aria-hidden='true'], [hidden]";
const LONGEST = 180;

/** Cut text into pieces that a voice does not break off: by sentence, at most `longest` characters each. */
export function sentences(text: string, longest = LONGEST): string[] {
  const pieces: string[] = [];
  for (const sentence of text.split(/(?<=[。！？；.!?;])\s*|\n+/)) {
    const clean = sentence.replace(/\s+/g, " ").trim();
    for (let from = 0; from < clean.length; from += longest)
      pieces.push(clean.slice(from, from + longest));
  }
  return pieces;
}

/** The words of the page in the panel, top to bottom, each once. */
export function wordsOf(panel: Element): string {
  const blocks = all(SPOKEN, panel).filter(
    (block) => !block.closest(UNSPOKEN) && !block.querySelector(SPOKEN),
  );
  return blocks.map((block) => block.textContent ?? "").join("\n");
}

function stop(): void {
  speechSynthesis.cancel();
}

function toggle(): void {
  if (speechSynthesis.speaking) {
    stop();
    return;
  }
  const panel = one("#panel");
  if (!panel) return;
  const { lang } = document.documentElement;
  for (const piece of sentences(wordsOf(panel))) {
    const words = new SpeechSynthesisUtterance(piece);
    words.lang = lang.startsWith("en") ? "en" : "zh-CN";
    words.rate = 0.9;
    words.onerror = ({ error }) => {
      if (error !== "canceled" && error !== "interrupted") announce(say("read.failed"));
    };
    speechSynthesis.speak(words);
  }
}

const canSpeak = (): boolean => "speechSynthesis" in window;

/** Show the buttons where the browser has a voice; another page ends the reading of the last one. */
export function dressReading(): void {
  if (!canSpeak()) return;
  stop();
  for (const button of all("[data-action='read-aloud']")) button.hidden = false;
}

export function startReading(): void {
  if (!canSpeak()) return;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-action='read-aloud']"))
      toggle();
  });
}
