/**
 * The time slider along the bottom of the map: a month (`at=2026-03` in the address) or, at its right end, now.
 * It only says which month is meant; the island asks tiles, counts and lists for it.
 */
import { announce, debounce, one } from "../dom";
import { dressSlider } from "../slider";
import { say } from "../words";
import { fetchMonths, followsMonth, type Month, monthIn, monthName, placeOf } from "./months";
import { drawBars, drawYears } from "./time-bars";

const STEP_MS = 1400;

export class TimeBar {
  private months: Month[] = [];
  private month: string | undefined;
  private timer = 0;
  private asked = false;

  constructor(private readonly changed: () => void) {
    this.month = monthIn(location.search);
    const { range, play } = parts();
    const moved = (place: number): void => {
      this.stop();
      this.go(place);
    };
    dressSlider(range, play, moved, () => this.toggle());
    one("#map-time [data-time='now']")?.addEventListener("click", () => this.set(undefined));
    document.addEventListener("click", (event) => this.follow(event), { capture: true });
    document.body.addEventListener("htmx:configRequest", (event) => this.carry(event));
  }

  /** The month that is shown; undefined for now, and on pages that are of now only. */
  get at(): string | undefined {
    return followsMonth(location.pathname) ? this.month : undefined;
  }

  get label(): string {
    return this.at ? monthName(this.at, document.documentElement.lang) : "";
  }

  /** Another page is in the panel: its address may name a month, or say `at=` for now. */
  page(restored: boolean): void {
    const on = followsMonth(location.pathname);
    if (on && (restored || new URLSearchParams(location.search).has("at"))) {
      this.month = monthIn(location.search);
    }
    if (on && !this.asked) void this.ask();
    const { bar } = parts();
    if (bar) bar.hidden = !on || this.months.length === 0;
    if (!on) this.stop();
    this.draw();
  }

  set(at: string | undefined): void {
    this.stop();
    if (at && placeOf(at, this.months) === this.months.length) this.show(at);
    else this.go(placeOf(at, this.months));
  }

  focus(): void {
    parts().range?.focus();
  }

  private async ask(): Promise<void> {
    this.asked = true;
    this.months = await fetchMonths();
    const { range, bar } = parts();
    if (!range || !bar || this.months.length === 0) return;
    range.max = String(this.months.length);
    drawBars(bar, this.months);
    drawYears(bar, this.months);
    bar.hidden = !followsMonth(location.pathname);
    this.draw();
  }

  private go(place: number): void {
    this.show(this.months[place]?.month);
  }

  private show(month: string | undefined): void {
    if (month === this.month) return;
    this.month = month;
    this.draw();
    this.tell();
  }

  /** A slider that is dragged passes many months; only those where it rests are asked for. */
  private tell = debounce(() => {
    announce(this.words());
    this.changed();
  }, 150);

  private words(): string {
    if (!this.month) return this.now();
    const counts = this.months.find(({ month }) => month === this.month);
    const { rated, inferior } = counts ?? { rated: 0, inferior: 0 };
    return say("time.month", { rated, inferior, month: this.label });
  }

  /** Now is the newest month with samples, and says which. */
  private now(): string {
    const newest = this.newest();
    return newest ? say("time.nowIs", { month: newest }) : say("time.now");
  }

  private newest(): string {
    const last = this.months.at(-1)?.month;
    return last ? monthName(last, document.documentElement.lang) : "";
  }

  private drawLegend(): void {
    const note = one("[data-legend-now]");
    const newest = this.newest();
    if (!note || !newest) return;
    note.textContent = this.month
      ? say("time.thenNote", { month: this.label })
      : say("time.nowNote", { month: newest });
  }

  private draw(): void {
    const { range, output, note, bar, now } = parts();
    if (!range || !output || !bar) return;
    range.value = String(placeOf(this.month, this.months));
    range.setAttribute("aria-valuetext", this.words());
    output.textContent = this.month ? this.label : this.now();
    this.drawLegend();
    const counts = this.months.find(({ month }) => month === this.month);
    if (note) note.textContent = counts ? say("time.note", { ...counts }) : "";
    bar.classList.toggle("is-past", this.month !== undefined);
    if (now) now.hidden = this.month === undefined;
  }

  private toggle(): void {
    if (this.timer) this.stop();
    else this.start();
  }

  /** Play from the first month when now is shown, else onwards, to the end. */
  private start(): void {
    if (this.months.length === 0) return;
    if (this.month === undefined) this.go(0);
    this.timer = window.setInterval(() => {
      const next = placeOf(this.month, this.months) + 1;
      this.go(next);
      if (next >= this.months.length) this.stop();
    }, STEP_MS);
    this.press(true);
  }

  private stop(): void {
    if (!this.timer) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    this.press(false);
  }

  private press(playing: boolean): void {
    const { play, bar } = parts();
    bar?.classList.toggle("is-playing", playing);
    play?.setAttribute("title", say(playing ? "time.pause" : "time.play"));
    play?.setAttribute("aria-label", say(playing ? "time.pause" : "time.play"));
  }

  /** `data-at` on a link of a page: its month, or now when it is empty. Without scripts the link itself leads there. */
  private follow(event: Event): void {
    const link = (event.target as Element).closest<HTMLElement>("[data-at]");
    if (!link || !followsMonth(location.pathname)) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(link.dataset.at || undefined);
  }

  /** Pages that come into the panel are of the month that the map shows, unless they say one themselves. */
  private carry(event: Event): void {
    const { verb, target, parameters, path } = (event as CustomEvent).detail as {
      verb: string;
      target: Element;
      parameters: Record<string, unknown>;
      path: string;
    };
    const url = new URL(path, location.href);
    if (verb !== "get" || target.id !== "panel-host" || !followsMonth(url.pathname)) return;
    if (url.searchParams.has("at")) return;
    const { at } = parameters;
    if (at === undefined && this.month) parameters.at = this.month;
    // The form's own month; left empty it means now.
    if (at === "") {
      this.month = undefined;
      delete parameters.at;
    }
  }
}

function parts() {
  return {
    bar: one("#map-time"),
    range: one<HTMLInputElement>("#map-time input"),
    output: one("#map-time output"),
    note: one("#map-time [data-time='note']"),
    play: one("#map-time [data-time='play']"),
    now: one("#map-time [data-time='now']"),
  };
}
