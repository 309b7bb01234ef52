/** Rows and the map: point at a row and its symbol lifts. */
import { island } from "../map/bridge";
import { parseFeatureRef } from "../map/url-state";

function refOf(target: EventTarget | null) {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-feature]") : null;
  return parseFeatureRef(row?.dataset.feature);
}

export function startRows(): void {
  for (const name of ["pointerover", "focusin"] as const) {
    document.addEventListener(name, (event) => {
      const ref = refOf(event.target);
      if (ref) island()?.hover(ref);
    });
  }
  for (const name of ["pointerout", "focusout"] as const) {
    document.addEventListener(name, (event) => {
      if (refOf(event.target) && !refOf(event.relatedTarget)) island()?.hover(undefined);
    });
  }
}
