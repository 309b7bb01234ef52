/** Drawing areas on the map: corners by click or finger, dragged, added and taken away, with undo. Fetched when asked for. */
import type { Map as LibreMap } from "maplibre-gl";
import {
  type GeoJSONStoreFeatures,
  TerraDraw,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  TerraDrawSessionUndoRedo,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { areaOf, ringOf } from "./area-shapes";
import type { Ring } from "./rings";

const COLOUR = "#1d6b3a";
const PRECISION = 9;

export type DrawingMode = "polygon" | "select";

export class AreaDrawing {
  private readonly draw: TerraDraw;
  /** Rings that are no area yet, or cross themselves: they stay in the text as they are. */
  private readonly kept: Ring[] = [];

  constructor(map: LibreMap, rings: Ring[], changed: (rings: Ring[]) => void) {
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
      modes: [polygonMode(), selectMode()],
      undoRedo: {
        modeLevel: new TerraDrawModeUndoRedo(),
        sessionLevel: new TerraDrawSessionUndoRedo(),
      },
    });
    this.draw.start();
    for (const ring of rings) this.take(ring);
    // Only whole changes: a corner that is being dragged or a ring that is not closed is not written yet.
    this.draw.on("finish", () => changed(this.rings()));
    this.draw.on("history", () => changed(this.rings()));
  }

  setMode(mode: DrawingMode): void {
    this.draw.setMode(mode);
  }

  undo(): void {
    if (this.draw.canUndo()) this.draw.undo();
  }

  stop(): void {
    this.draw.stop();
  }

  rings(): Ring[] {
    const drawn = this.draw
      .getSnapshot()
      .map(ringOf)
      .filter((ring) => ring !== undefined);
    return [...this.kept, ...drawn];
  }

  private take(ring: Ring): void {
    const area = areaOf(ring);
    const [answer] = area ? this.draw.addFeatures([area as GeoJSONStoreFeatures]) : [];
    if (!answer?.valid) this.kept.push(ring);
  }
}

function polygonMode(): TerraDrawPolygonMode {
  return new TerraDrawPolygonMode({
    // Escape ends drawing as a whole; the form's own listener does that.
    keyEvents: { cancel: null, finish: "Enter" },
    showCoordinatePoints: true,
    styles: { fillColor: COLOUR, outlineColor: COLOUR, fillOpacity: 0.25, outlineWidth: 2.5 },
  });
}

function selectMode(): TerraDrawSelectMode {
  return new TerraDrawSelectMode({
    flags: {
      polygon: {
        feature: {
          draggable: true,
          coordinates: { draggable: true, deletable: true, midpoints: true },
        },
      },
    },
  });
}
