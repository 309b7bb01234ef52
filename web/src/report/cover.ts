/** Boxes over a photo, drawn with a pointer; the rows of numbers are the boxes, so a keyboard does the same. */
import { all, one } from "../dom";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const SIDES = ["left", "top", "width", "height"] as const;
const SMALLEST_PX = 4;

/** The box between two corners, in whole pixels of a photo of that size, whichever way it was dragged. */
export function boxBetween(
  a: { x: number; y: number },
  b: { x: number; y: number },
  size: { width: number; height: number },
): Box {
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const [x1, x2] = [clamp(a.x, size.width), clamp(b.x, size.width)].sort((p, q) => p - q);
  const [y1, y2] = [clamp(a.y, size.height), clamp(b.y, size.height)].sort((p, q) => p - q);
  const left = Math.floor(x1 ?? 0);
  const top = Math.floor(y1 ?? 0);
  return { left, top, width: Math.ceil(x2 ?? 0) - left, height: Math.ceil(y2 ?? 0) - top };
}

function inputs(row: HTMLElement): HTMLInputElement[] {
  return SIDES.map((side) => one<HTMLInputElement>(`input[name='${side}']`, row)).filter(
    (input) => input !== null,
  );
}

function boxOf(row: HTMLElement): Box | undefined {
  const [left, top, width, height] = inputs(row).map(({ value }) => Number(value || Number.NaN));
  const box = { left, top, width, height } as Box;
  return Object.values(box).every(Number.isFinite) ? box : undefined;
}

function dress(form: HTMLFormElement, stage: HTMLElement, image: HTMLImageElement): void {
  const size = { width: Number(image.dataset.width), height: Number(image.dataset.height) };
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  drawing.setAttribute("class", "cover__boxes-drawn");
  drawing.setAttribute("aria-hidden", "true");
  stage.append(drawing);
  let from: { x: number; y: number } | undefined;
  let dragged: Box | undefined;

  const show = (): void => {
    const boxes = all("[data-box]", form).map(boxOf);
    const shown = [...boxes, dragged].filter((box) => box !== undefined);
    drawing.replaceChildren(
      ...shown.map((box) => {
        const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        rect.setAttribute("x", `${box.left}`);
        rect.setAttribute("y", `${box.top}`);
        rect.setAttribute("width", `${box.width}`);
        rect.setAttribute("height", `${box.height}`);
        return rect;
      }),
    );
  };
  const at = (event: PointerEvent): { x: number; y: number } => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return {
      x: ((event.clientX - left) / width) * size.width,
      y: ((event.clientY - top) / height) * size.height,
    };
  };
  stage.addEventListener("pointerdown", (event) => {
    from = at(event);
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    dragged = boxBetween(from, at(event), size);
    show();
  });
  stage.addEventListener("pointerup", () => {
    if (dragged && dragged.width >= SMALLEST_PX && dragged.height >= SMALLEST_PX) {
      write(form, dragged);
    }
    from = dragged = undefined;
    show();
  });
  form.addEventListener("input", show);
  show();
}

/** Write a box into the first empty row, or into a new one. */
function write(form: HTMLFormElement, box: Box): void {
  const rows = all("[data-box]", form);
  let row = rows.find((each) => inputs(each).every(({ value }) => value === ""));
  const last = rows.at(-1);
  if (!row && last) {
    row = last.cloneNode(true) as HTMLElement;
    const number = one("th", row);
    if (number) number.textContent = `${rows.length + 1}`;
    for (const input of inputs(row)) {
      input.setAttribute(
        "aria-label",
        (input.getAttribute("aria-label") ?? "").replace(/\d+/, `${rows.length + 1}`),
      );
    }
    last.after(row);
  }
  if (!row) return;
  const values = SIDES.map((side) => box[side]);
  inputs(row).forEach((input, index) => {
    input.value = `${values[index]}`;
  });
}

/** Let boxes be drawn on the photo of the panel. */
export function dressCover(): void {
  for (const form of all<HTMLFormElement>("form[data-cover]:not([data-cover-on])")) {
    form.dataset.coverOn = "";
    const stage = one("[data-cover-stage]", form);
    const image = stage ? one<HTMLImageElement>("img", stage) : null;
    if (!stage || !image) continue;
    stage.classList.add("cover--on");
    dress(form, stage, image);
  }
}
