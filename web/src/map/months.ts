/** The months of the time slider: reading them, naming them, and the pages that follow them. */
import { answerOf } from "./answer";

export interface Month {
  month: string;
  rated: number;
  inferior: number;
}

const MONTHS = "/api/v1/monitoring-points/months/";

export async function fetchMonths(): Promise<Month[]> {
  return (await answerOf<Month[]>(MONTHS)) ?? [];
}

/** A month in the page's language: 2026年3月 or Mar 2026. */
export function monthName(month: string, language: string): string {
  const day = new Date(`${month}-15T12:00:00Z`);
  const shape = {
    year: "numeric",
    month: language.startsWith("en") ? "short" : "long",
  } as const;
  return new Intl.DateTimeFormat(language, { ...shape, timeZone: "UTC" }).format(day);
}

/** The slider's place for `at` among `months`: past the last for now, and for a month that it does not have. */
export function placeOf(at: string | undefined, months: readonly Month[]): number {
  const index = months.findIndex(({ month }) => month === at);
  return index < 0 ? months.length : index;
}

/** The month that an address asks for; undefined for now and for what is no month. */
export function monthIn(search: string): string | undefined {
  const at = new URLSearchParams(search).get("at") ?? "";
  return /^(19[5-9]\d|20\d\d)-(0[1-9]|1[0-2])$/.test(at) ? at : undefined;
}

/** Pages that say how things were in a month: the map, the list of points, a point. */
export function followsMonth(path: string): boolean {
  return /^\/(map|river\/points)\/$/.test(path) || /^\/river\/points\/(?!new\/)[^/]+\/$/.test(path);
}
