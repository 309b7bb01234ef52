/** A slider through time: by thumb, by the space bar, by its button. What moves and what plays is its owner's. */
export function dressSlider(
  range: HTMLInputElement | null,
  play: HTMLElement | null,
  moved: (place: number) => void,
  toggled: () => void,
): void {
  range?.addEventListener("input", () => moved(Number(range.value)));
  range?.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggled();
  });
  play?.addEventListener("click", toggled);
}
