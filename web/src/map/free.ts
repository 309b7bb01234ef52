/** What of the map nothing lies over: the one rectangle that everything shown on it is fitted into. */
import { all } from "../dom";

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const SIDES = ["top", "right", "bottom", "left"] as const;
const COVERS = ".search, #sheet, .map-tools, #legend, #map-time, .map-notice";
const LEAST = 0.3;

/** How far each side has to come in so that no cover is left within; a cover costs the side where it costs least. */
export function paddingAround(map: Box, covers: Box[], margin: number): Padding {
  const padding = { top: 0, right: 0, bottom: 0, left: 0 };
  const across = map.right - map.left;
  const down = map.bottom - map.top;
  const length = { top: down, right: across, bottom: down, left: across };
  for (const cover of covers) {
    const reach = {
      top: cover.bottom - map.top,
      right: map.right - cover.left,
      bottom: map.bottom - cover.top,
      left: cover.right - map.left,
    };
    if (SIDES.some((side) => reach[side] <= 0)) continue;
    const side = SIDES.reduce((best, one) =>
      reach[one] / length[one] < reach[best] / length[best] ? one : best,
    );
    padding[side] = Math.max(padding[side], reach[side]);
  }
  shrink(padding, "left", "right", across, margin);
  shrink(padding, "top", "bottom", down, margin);
  return padding;
}

/** Add the margin, and leave at least a part of the map, however much lies over it. */
function shrink(
  padding: Padding,
  one: "left" | "top",
  other: "right" | "bottom",
  length: number,
  margin: number,
): void {
  const taken = padding[one] + padding[other] + 2 * margin;
  const factor = Math.min(1, (length * (1 - LEAST)) / Math.max(taken, 1));
  padding[one] = Math.floor((padding[one] + margin) * factor);
  padding[other] = Math.floor((padding[other] + margin) * factor);
}

/** The padding of the map as the page stands now, in pixels; `margin` is kept free within it. */
export function freePadding(holder: Element, margin = 24): Padding {
  const shown = all(COVERS).filter((cover) => cover.checkVisibility?.() ?? true);
  const covers = shown.map((cover) => cover.getBoundingClientRect());
  return paddingAround(
    holder.getBoundingClientRect(),
    covers.filter(({ width, height }) => width > 0 && height > 0),
    margin,
  );
}
