/** A field of corners (one `lng, lat` a line) that can be typed, or drawn on the map: new areas, moved corners, undo. */
import { all, make, one } from "../dom";
import type { AreaDrawing, DrawingMode } from "../map/area-drawing";
import { sketchOf } from "../map/area-shapes";
import { startMap } from "../map/bridge";
import { type Ring, ringsOf, textOf } from "../map/rings";
import { setSheet, wantedHeight } from "../panel/sheet";
import { say } from "../words";

class ZoneField {
  private drawing: AreaDrawing | undefined;
  private readonly start = this.button("zone.draw", () => void this.begin("polygon"));
  private readonly edit = this.button("zone.edit", () => void this.begin("select"));
  private readonly undo = this.button("zone.undo", () => this.drawing?.undo());
  private readonly done = this.button("zone.done", () => this.end());
  private readonly help = make("p", { class: "field__help", role: "status" });

  constructor(
    box: HTMLElement,
    private readonly field: HTMLTextAreaElement,
  ) {
    const row = make("div", { class: "btn-row btn-row--top" });
    row.append(this.start, this.edit, this.undo, this.done);
    box.prepend(row, this.help);
    field.addEventListener("change", () => void this.show());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.end();
    });
    this.dress();
    void this.show();
  }

  private button(key: Parameters<typeof say>[0], work: () => void): HTMLButtonElement {
    const made = make("button", { type: "button", class: "btn", text: say(key) });
    made.addEventListener("click", work);
    return made as HTMLButtonElement;
  }

  /** Draw another area, or change those that are there. */
  private async begin(mode: DrawingMode): Promise<void> {
    setSheet("peek");
    const map = await startMap();
    if (!map) return setSheet(wantedHeight());
    if (!this.field.isConnected) return;
    if (!this.drawing) {
      map.sketch([]);
      this.drawing = await map.drawAreas(ringsOf(this.field.value), (rings) => this.write(rings));
    }
    this.drawing.setMode(mode);
    this.help.textContent = say(mode === "polygon" ? "zone.helpDraw" : "zone.helpEdit");
    this.dress();
  }

  private end(): void {
    if (!this.drawing) return;
    this.write(this.drawing.rings());
    this.drawing.stop();
    this.drawing = undefined;
    this.help.textContent = "";
    setSheet("half");
    this.dress();
    void this.show();
  }

  private dress(): void {
    const draws = this.drawing !== undefined;
    this.undo.hidden = !draws;
    this.done.hidden = !draws;
    this.edit.hidden = !draws && ringsOf(this.field.value).length === 0;
  }

  private write(rings: Ring[]): void {
    this.field.value = textOf(rings);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private async show(): Promise<void> {
    this.dress();
    if (this.drawing) return;
    const map = await startMap();
    map?.sketch(ringsOf(this.field.value).map(sketchOf));
  }
}

/** Give the zone field of the panel its buttons. */
export function dressZones(): void {
  for (const box of all("[data-draw-zone]").filter(
    ({ dataset }) => dataset.dressed === undefined,
  )) {
    box.dataset.dressed = "";
    const field = one<HTMLTextAreaElement>("textarea", box);
    if (field) new ZoneField(box, field);
  }
}
