/** Which feature is pointed at and which is open: feature state on the map, a class on the list row. */
import type { Map as LibreMap } from "maplibre-gl";
import { all } from "../dom";
import type { FeatureRef } from "./url-state";

type Kind = "hover" | "selected";

export const sameRef = (a?: FeatureRef, b?: FeatureRef): boolean =>
  a?.source === b?.source && a?.id === b?.id;

export class Selection {
  private current: Partial<Record<Kind, FeatureRef>> = {};
  /** What is lit with the selected: the other reaches of a river. */
  private others: FeatureRef[] = [];

  constructor(private readonly map: LibreMap) {}

  get(kind: Kind): FeatureRef | undefined {
    return this.current[kind];
  }

  /** Move `kind` to `ref` (or to nothing). Rows of the list follow. */
  set(kind: Kind, ref: FeatureRef | undefined): void {
    if (sameRef(this.current[kind], ref)) return;
    this.paint(kind, this.current[kind], false);
    this.current[kind] = ref;
    this.paint(kind, ref, true);
    this.markRows();
  }

  /** Light `refs`, the first as what is selected. */
  select(refs: readonly FeatureRef[]): void {
    for (const ref of this.others) this.paint("selected", ref, false);
    this.others = refs.slice(1);
    this.set("selected", refs[0]);
    for (const ref of refs) this.paint("selected", ref, true);
  }

  /** Paint again, after the style or a source was replaced. */
  repaint(): void {
    for (const kind of ["hover", "selected"] as const) this.paint(kind, this.current[kind], true);
    for (const ref of this.others) this.paint("selected", ref, true);
    this.markRows();
  }

  private paint(kind: Kind, ref: FeatureRef | undefined, on: boolean): void {
    if (!ref) return;
    const source = sourceOf(ref.source);
    if (!this.map.getSource(source)) return;
    this.map.setFeatureState({ source, sourceLayer: ref.source, id: ref.id }, { [kind]: on });
  }

  private markRows(): void {
    const lifted = this.current.hover && `${this.current.hover.source}:${this.current.hover.id}`;
    const open =
      this.current.selected && `${this.current.selected.source}:${this.current.selected.id}`;
    for (const row of all("[data-feature]")) {
      row.classList.toggle("is-lifted", row.dataset.feature === lifted);
      if (row.dataset.feature === open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }
}

/** The base map's tilesets travel together in one source. */
export function sourceOf(tileset: string): string {
  return tileset === "reaches" || tileset === "areas" || tileset === "places" ? "base" : tileset;
}
