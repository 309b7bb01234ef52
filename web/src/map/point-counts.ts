/** How many points the filters leave, now or in a month, in all and in the map's view: the list's own figures. */
import { all } from "../dom";
import { answerOf } from "./answer";

export interface PointCounts {
  total: number;
  classes: { class: number; count: number }[];
}

const COUNTS = "/api/v1/monitoring-points/counts/";
const known = new Map<string, Promise<PointCounts | undefined>>();
const MOST_KNOWN = 200;

/** Ask once per question; undefined when there is no answer. */
export function pointCounts(query: URLSearchParams): Promise<PointCounts | undefined> {
  const question = query.toString();
  const found = known.get(question);
  if (found) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const asked = answerOf<PointCounts>(`${COUNTS}?${question}`);
  known.set(question, asked);
  void asked.then((answer) => answer ?? known.delete(question));
  return asked;
}

/** A write may have changed them. */
export function forgetPointCounts(): void {
  known.clear();
}

/** Write the figures of each class into the legend. */
export function writeClassCounts(counts: PointCounts): void {
  const found = new Map(counts.classes.map((row) => [String(row.class), row.count]));
  for (const cell of all("[data-class-count]")) {
    cell.textContent = String(found.get(cell.dataset.classCount ?? "") ?? 0);
  }
}
