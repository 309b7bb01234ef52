/** The bands of water classes behind a trend, and the height the axis needs. Plain numbers, no drawing. */

export type Direction = "max" | "min" | "range";

export interface Sample {
  /** ISO 8601 with zone. */
  t: string;
  value: number;
  /** Not detected: `value` is the detection limit. */
  below_limit: boolean;
  class?: number;
}

export interface TrendData {
  parameter: string;
  name?: string;
  unit: string;
  direction?: Direction;
  series: Sample[];
  /** Limits of classes I to V by their number; {} where the standard has none. */
  limits: Record<string, number>;
  bounds?: [number, number] | null;
  target_class: number | null;
}

export interface Band {
  class: number;
  from: number;
  to: number;
}

const INFERIOR = 6;

/**
 * The classes' bands from `bottom` to `top`. A parameter is limited from above (most), from below (dissolved oxygen)
 * or on both sides (pH: inside its bounds class I, outside inferior V).
 */
export function bands(data: TrendData, bottom: number, top: number): Band[] {
  if (data.bounds) {
    const [low, high] = data.bounds;
    return clip(
      [
        { class: INFERIOR, from: -Infinity, to: low },
        { class: 1, from: low, to: high },
        { class: INFERIOR, from: high, to: Infinity },
      ],
      bottom,
      top,
    );
  }
  const limits = [1, 2, 3, 4, 5]
    .map((number) => ({ number, limit: data.limits[String(number)] }))
    .filter((entry): entry is { number: number; limit: number } => entry.limit !== undefined);
  if (limits.length === 0) return [];
  const found: Band[] = [];
  if (data.direction === "min") {
    let to = Infinity;
    for (const { number, limit } of limits) {
      found.push({ class: number, from: limit, to });
      to = limit;
    }
    found.push({ class: INFERIOR, from: -Infinity, to });
  } else {
    let from = -Infinity;
    for (const { number, limit } of limits) {
      found.push({ class: number, from, to: limit });
      from = limit;
    }
    found.push({ class: INFERIOR, from, to: Infinity });
  }
  return clip(found, bottom, top);
}

function clip(found: Band[], bottom: number, top: number): Band[] {
  return found
    .map((band) => ({ ...band, from: Math.max(band.from, bottom), to: Math.min(band.to, top) }))
    .filter(({ from, to }) => to > from);
}

/** The target class's limit, which the readings should keep. */
export function targetLimit({ limits, target_class }: TrendData): number | undefined {
  return target_class ? limits[String(target_class)] : undefined;
}

/** Bottom and top of the axis: all readings and the target with air above; pH does not start at nought. */
export function valueRange(data: TrendData): [number, number] {
  const values = data.series.map(({ value }) => value);
  const target = targetLimit(data);
  if (data.bounds) {
    const low = Math.min(data.bounds[0], ...values);
    const high = Math.max(data.bounds[1], ...values);
    return [low - 0.5, high + 0.5];
  }
  const high = Math.max(...values, target ?? 0, Number.MIN_VALUE);
  return [0, high * 1.15];
}
