/** On a phone the panel is a sheet with three heights: dragged, or stepped by its buttons. */
import { all, isPhone, one } from "../dom";

export const HEIGHTS = ["peek", "half", "full"] as const;
export type SheetHeight = (typeof HEIGHTS)[number];

/** The next height up or down; stays where it is at the ends. */
export function stepped(from: SheetHeight, direction: "up" | "down"): SheetHeight {
  const index = HEIGHTS.indexOf(from) + (direction === "up" ? 1 : -1);
  return HEIGHTS[Math.min(Math.max(index, 0), HEIGHTS.length - 1)] as SheetHeight;
}

/** The height nearest to where the finger let go; `top` and `total` in pixels from the screen's top. */
export function nearest(top: number, total: number): SheetHeight {
  const tops: Record<SheetHeight, number> = { peek: total - 196, half: total * 0.52, full: 72 };
  return HEIGHTS.reduce((best, height) =>
    Math.abs(tops[height] - top) < Math.abs(tops[best] - top) ? height : best,
  );
}

function shell(): HTMLElement | null {
  return one(".shell");
}

export function currentHeight(): SheetHeight {
  const height = shell()?.dataset.sheet as SheetHeight | undefined;
  return height && HEIGHTS.includes(height) ? height : "half";
}

/** The height that the page in the panel asks for. */
export function wantedHeight(): SheetHeight {
  const height = one("#panel")?.dataset.sheet as SheetHeight | undefined;
  return height && HEIGHTS.includes(height) ? height : "half";
}

export function setSheet(height: SheetHeight): void {
  const element = shell();
  if (element) element.dataset.sheet = height;
  for (const button of all<HTMLButtonElement>("[data-sheet-step]")) {
    const direction = button.dataset.sheetStep === "up" ? "up" : "down";
    button.disabled = stepped(height, direction) === height;
  }
}

/** Whether the sheet hides the map: raised over the whole of a phone's screen, and not being dragged. */
export function coversMap(): boolean {
  const sheet = one("#sheet");
  if (!sheet || currentHeight() !== "full" || sheet.dataset.dragging !== undefined) return false;
  return isPhone() && sheet.getBoundingClientRect().width >= innerWidth;
}

/** How much of the map the sheet covers, in pixels from below. */
export function sheetHeight(): number {
  const sheet = one("#sheet");
  return sheet ? Math.max(0, innerHeight - sheet.getBoundingClientRect().top) : 0;
}

export function startSheet(): void {
  const sheet = one("#sheet");
  const handle = one("[data-sheet-handle]");
  if (!sheet || !handle) return;
  setSheet(wantedHeight());
  for (const button of all("[data-sheet-step]", handle)) {
    button.addEventListener("click", () =>
      setSheet(stepped(currentHeight(), button.dataset.sheetStep === "up" ? "up" : "down")),
    );
  }
  dragBy(handle, sheet);
}

function dragBy(handle: HTMLElement, sheet: HTMLElement): void {
  let from = 0;
  let top = 0;
  let moved = false;
  handle.addEventListener("pointerdown", (event) => {
    if ((event.target as Element).closest("button")) return;
    from = event.clientY;
    top = sheet.getBoundingClientRect().top;
    moved = false;
    handle.setPointerCapture(event.pointerId);
    sheet.dataset.dragging = "";
  });
  handle.addEventListener("pointermove", (event) => {
    if (sheet.dataset.dragging === undefined) return;
    moved ||= Math.abs(event.clientY - from) > 4;
    const to = Math.max(60, top + event.clientY - from);
    sheet.style.setProperty("--sheet-drag", `${to}px`);
  });
  const release = (event: PointerEvent): void => {
    if (sheet.dataset.dragging === undefined) return;
    delete sheet.dataset.dragging;
    sheet.style.removeProperty("--sheet-drag");
    if (moved) setSheet(nearest(top + event.clientY - from, innerHeight));
    else setSheet(currentHeight() === "full" ? "half" : stepped(currentHeight(), "up"));
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
}
