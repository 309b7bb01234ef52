/** Finds the charts of a page; their code is fetched only when there are any. */
import { all } from "../dom";

let removers: (() => void)[] = [];

export async function dressCharts(): Promise<void> {
  for (const remove of removers) remove();
  removers = [];
  const figures = all("figure[data-chart='trend']:not([data-dressed])");
  if (figures.length === 0) return;
  const { drawTrend } = await import("./trend");
  for (const figure of figures) {
    figure.dataset.dressed = "";
    removers.push(await drawTrend(figure));
  }
}
