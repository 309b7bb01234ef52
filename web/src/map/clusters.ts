/** Things that lie near one another, as one symbol: their number and the worst of them (`tiles/engine/clusters.py`). */
import { lightOfRank, waterClass } from "../tokens";
import { say, things } from "../words";
import { type Properties, text } from "./feature";
import { FEATURES } from "./features";
import type { FeatureRef } from "./url-state";

/** Tileset of clusters -> the tileset that is told so. */
const OWNERS = new Map(
  FEATURES.flatMap(({ source, companions = [] }) => companions.map((name) => [name, source])),
);

/** Whether this is a heap rather than a thing that is alone. */
export function isHeap(source: string, properties: Properties): boolean {
  return OWNERS.has(source) && Number(properties.count) > 1;
}

/** What the tooltip says of a heap. */
export function heapWords(source: string, properties: Properties): { title: string; hint: string } {
  const owner = OWNERS.get(source) ?? source;
  const title = say("cluster.title", { count: Number(properties.count), what: things(owner) });
  const rated = text(properties.class) ? waterClass(properties.class) : undefined;
  const label = (rated ?? lightOfRank(properties.light_rank))?.label;
  if (!label) return { title, hint: say("cluster.closer") };
  return { title, hint: say("cluster.hint", { label, worst: Number(properties.worst_count) }) };
}

/** The thing that a symbol stands for; a heap stands for none. */
export function refOf(source: string, id: unknown, properties: Properties): FeatureRef | undefined {
  if (isHeap(source, properties)) return undefined;
  const owner = OWNERS.get(source);
  return owner ? { source: owner, id: Number(properties.point) } : { source, id: Number(id) };
}
