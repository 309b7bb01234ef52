/** Points that lie near one another, as one symbol: their number and the worst class (`tiles/engine/clusters.py`). */
import { waterClass } from "../tokens";
import { say } from "../words";
import type { Properties } from "./feature";
import type { FeatureRef } from "./url-state";

export const CLUSTERS = "monitoring_point_clusters";

/** Whether this is a heap rather than a point that is alone. */
export function isHeap(source: string, properties: Properties): boolean {
  return source === CLUSTERS && Number(properties.count) > 1;
}

/** What the tooltip says of a heap. */
export function heapWords(properties: Properties): { title: string; hint: string } {
  const { label } = waterClass(properties.class);
  return {
    title: say("cluster.title", { count: Number(properties.count) }),
    hint: say("cluster.hint", { label, worst: Number(properties.worst_count) }),
  };
}

/** The thing that a symbol stands for; a heap stands for none. */
export function refOf(source: string, id: unknown, properties: Properties): FeatureRef | undefined {
  if (isHeap(source, properties)) return undefined;
  if (source === CLUSTERS) return { source: "monitoring_points", id: Number(properties.point) };
  return { source, id: Number(id) };
}
