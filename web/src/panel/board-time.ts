/**
 * The time slider of a board: the same filter as its select, by thumb, keyboard or by itself. The periods are those of the
 * select, so that there is one list. Only the blocks are replaced; the slider stays under the finger, the address follows.
 */
import { all, announce, debounce, one } from "../dom";
import { showNotice } from "../map/notices";
import { dressSlider } from "../slider";
import { say } from "../words";
import { putFresh } from "./parts";

const STEP_MS = 1600;

/** The address of the same board in another period. */
export function addressOf(address: string, period: string): string {
  const wanted = new URL(address);
  wanted.searchParams.set("period", period);
  return wanted.href;
}

class BoardTime {
  private readonly options: HTMLOptionElement[];
  private asked: AbortController | undefined;
  private timer = 0;

  constructor(
    private readonly bar: HTMLElement,
    private readonly range: HTMLInputElement,
    private readonly play: HTMLButtonElement,
    private readonly select: HTMLSelectElement,
  ) {
    this.options = [...select.options].reverse(); // the select has the newest first
    range.hidden = false;
    play.hidden = false;
    range.max = String(this.options.length - 1);
    const moved = (place: number): void => {
      this.stop();
      this.show(place);
    };
    dressSlider(range, play, moved, () => this.toggle());
    for (const link of all<HTMLAnchorElement>("a[rel]", bar)) link.hidden = true;
    for (const gap of all("span.board-time__step", bar)) gap.hidden = true;
  }

  /** Say at once what is meant; ask for it where the thumb rests. */
  private show(place: number): void {
    const option = this.options[place];
    if (!option) return;
    const words = option.text.trim();
    this.range.value = String(place);
    this.range.setAttribute("aria-valuetext", words);
    const output = one("output", this.bar);
    if (output) output.textContent = words;
    this.select.value = option.value;
    this.ask(option.value, words);
  }

  private ask = debounce((period: string, words: string) => void this.load(period, words), 150);

  private async load(period: string, words: string): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const address = addressOf(location.href, period);
    try {
      const answer = await fetch(address, { signal: this.asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.put(await answer.text(), address, words);
    } catch (fault) {
      if ((fault as Error).name === "AbortError") return;
      this.stop();
      showNotice(say("nav.offline"));
    }
  }

  private put(text: string, address: string, words: string): void {
    const page = new DOMParser().parseFromString(text, "text/html");
    const body = document.getElementById("board-body");
    if (!body || !this.bar.isConnected || !putFresh(body, page)) return;
    history.replaceState(history.state, "", address);
    announce(words);
    if (this.timer) this.next();
  }

  private toggle(): void {
    if (this.timer) {
      this.stop();
      return;
    }
    const isAtEnd = Number(this.range.value) >= this.options.length - 1;
    this.set(true);
    this.timer = window.setTimeout(() => this.show(isAtEnd ? 0 : Number(this.range.value) + 1), 0);
  }

  /** The next period when this one has been seen for a while; at the newest it ends. */
  private next(): void {
    const place = Number(this.range.value) + 1;
    if (place >= this.options.length) this.stop();
    else this.timer = window.setTimeout(() => this.show(place), STEP_MS);
  }

  private stop(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.set(false);
  }

  private set(isPlaying: boolean): void {
    this.bar.classList.toggle("is-playing", isPlaying);
    this.play.setAttribute("aria-pressed", String(isPlaying));
  }
}

/** Called for every page that comes into the panel; a slider is dressed once. */
export function dressBoardTime(): void {
  for (const bar of all("[data-board-time]:not([data-dressed])")) {
    const range = one<HTMLInputElement>("[data-board-range]", bar);
    const play = one<HTMLButtonElement>("[data-board-play]", bar);
    const select = one<HTMLSelectElement>("#id_period");
    if (!range || !play || !select) continue;
    bar.dataset.dressed = "";
    new BoardTime(bar, range, play, select);
  }
}
