/** Behind the slider: of each month's rated points the share that was inferior V, and where years begin. */
import { make, one } from "../dom";
import type { Month } from "./months";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 22;

export interface Bar {
  /** Middle, in hundredths of the track. */
  x: number;
  rated: boolean;
  /** Height in hundredths. */
  share: number;
}

/** One bar per month; the last place of the track is now and has none. */
export function barsOf(months: readonly Month[]): Bar[] {
  const most = Math.max(0.01, ...months.map(shareOf));
  return months.map((month, index) => ({
    x: (index / months.length) * 100,
    rated: month.rated > 0,
    share: (shareOf(month) / most) * 100,
  }));
}

const shareOf = ({ rated, inferior }: Month): number => (rated > 0 ? inferior / rated : 0);

export function drawBars(bar: HTMLElement, months: readonly Month[]): void {
  const holder = one("[data-time='bars']", bar);
  if (!holder) return;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 100 ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const width = Math.min(2.4, 70 / months.length);
  for (const { x, rated, share } of barsOf(months)) {
    if (!rated) continue;
    svg.append(column("time-bars__all", x, width, HEIGHT));
    if (share > 0) svg.append(column("time-bars__inferior", x, width, (share / 100) * HEIGHT));
  }
  holder.replaceChildren(svg);
}

function column(name: string, x: number, width: number, height: number): SVGElement {
  const found = document.createElementNS(SVG, "rect");
  const at = { x: x - width / 2, y: HEIGHT - height, width, height };
  for (const [key, value] of Object.entries(at)) found.setAttribute(key, value.toFixed(2));
  found.setAttribute("class", name);
  return found;
}

/** Where each year begins on the track: its first month, in hundredths. */
export function yearsOf(months: readonly Month[]): { year: string; x: number }[] {
  return months
    .map(({ month }, index) => ({ month, x: (index / months.length) * 100 }))
    .filter(({ month }, index) => index === 0 || month.endsWith("-01"))
    .map(({ month, x }) => ({ year: month.slice(0, 4), x }))
    .filter(({ x }, index, all) => index === all.length - 1 || (all[index + 1]?.x ?? 100) - x > 9);
}

export function drawYears(bar: HTMLElement, months: readonly Month[]): void {
  const holder = one("[data-time='years']", bar);
  holder?.replaceChildren(
    ...yearsOf(months).map(({ year, x }) => {
      const label = make("span", { text: year });
      label.style.setProperty("left", `${x}%`);
      return label;
    }),
  );
}
