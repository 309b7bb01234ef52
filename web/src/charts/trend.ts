/** A parameter through time: class bands behind the line, the target, hollow marks for what was not detected. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { make, one } from "../dom";
import { waterClass } from "../tokens";
import { say } from "../words";
import { bands, type TrendData, targetLimit, valueRange } from "./bands";

const HEIGHT = 220;
const FONT =
  "12px 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";

interface Ink {
  text: string;
  line: string;
  accent: string;
  paper: string;
}

function readInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read("--text-muted"),
    line: read("--line"),
    accent: read("--accent"),
    paper: read("--panel"),
  };
}

function drawBands(plot: uPlot, data: TrendData, ink: Ink): void {
  const { ctx, bbox } = plot;
  const [bottom, top] = valueRange(data);
  ctx.save();
  for (const band of bands(data, bottom, top)) {
    const high = plot.valToPos(band.to, "y", true);
    const low = plot.valToPos(band.from, "y", true);
    const { fill, numeral } = waterClass(band.class);
    ctx.globalAlpha = 0.2;
    ctx.fillStyle = fill;
    ctx.fillRect(bbox.left, high, bbox.width, low - high);
    ctx.globalAlpha = 1;
    if (low - high < 15 * devicePixelRatio) continue;
    ctx.fillStyle = ink.text;
    ctx.font = `${11 * devicePixelRatio}px ${FONT.slice(5)}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillText(numeral, bbox.left + bbox.width + 5 * devicePixelRatio, (high + low) / 2);
  }
  ctx.restore();
}

function drawTarget(plot: uPlot, data: TrendData, ink: Ink): void {
  const limit = targetLimit(data);
  if (limit === undefined) return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(limit, "y", true);
  ctx.save();
  ctx.strokeStyle = ink.text;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  const { label } = waterClass(data.target_class);
  const sign = data.direction === "min" ? "≥" : "≤";
  ctx.fillStyle = ink.text;
  ctx.font = `${11 * devicePixelRatio}px ${FONT.slice(5)}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineJoin = "round";
  ctx.setLineDash([]);
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = ink.paper;
  const words = `${say("chart.target")} ${label} ${sign} ${limit}`;
  const at: [number, number] = [bbox.left + 6 * devicePixelRatio, y - 3 * devicePixelRatio];
  ctx.strokeText(words, ...at);
  ctx.fillText(words, ...at);
  ctx.restore();
}

function drawMarks(plot: uPlot, data: TrendData, ink: Ink): void {
  const { ctx } = plot;
  const radius = 3.4 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.4 * devicePixelRatio;
  data.series.forEach((sample, index) => {
    const x = plot.valToPos(plot.data[0][index] as number, "x", true);
    const y = plot.valToPos(sample.value, "y", true);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, Math.PI * 2);
    ctx.fillStyle = sample.below_limit
      ? ink.paper
      : sample.class
        ? waterClass(sample.class).fill
        : ink.accent;
    ctx.strokeStyle = sample.below_limit ? ink.accent : "#22323b";
    ctx.fill();
    ctx.stroke();
  });
  ctx.restore();
}

const DAY = new Intl.DateTimeFormat(document.documentElement.lang || "zh-Hans", {
  dateStyle: "long",
  timeZone: "Asia/Shanghai",
});

function describe(data: TrendData, index: number): string {
  const sample = data.series[index];
  if (!sample) return "";
  const value = `${sample.below_limit ? "<" : ""}${sample.value} ${data.unit}`;
  const rated = sample.class ? ` · ${waterClass(sample.class).label}` : "";
  const note = sample.below_limit ? ` · ${say("chart.belowLimit")}` : "";
  return `${DAY.format(new Date(sample.t))}  ${value}${rated}${note}`;
}

const monthLabel = (seconds: number, withYear: boolean): string => {
  const date = new Date(seconds * 1000);
  const month = date.getMonth() + 1;
  return withYear ? `${date.getFullYear()}.${month}` : String(month);
};

function options(data: TrendData, width: number, ink: Ink, readout: HTMLElement): uPlot.Options {
  const range = valueRange(data);
  const axis = { stroke: ink.text, font: FONT, ticks: { stroke: ink.line, width: 1, size: 4 } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    padding: [10, 30, 0, 0],
    scales: { x: { time: true }, y: { range: () => range } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_plot, splits) => splits.map((at) => monthLabel(at, true)),
        space: 64,
        size: 30,
      },
      { ...axis, grid: { stroke: ink.line, width: 1 }, size: 44 },
    ],
    series: [{}, { stroke: ink.accent, width: 2, points: { show: false } }],
    hooks: {
      drawAxes: [(plot) => drawBands(plot, data, ink)],
      draw: [
        (plot) => {
          drawMarks(plot, data, ink);
          drawTarget(plot, data, ink);
        },
      ],
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx ?? data.series.length - 1;
          readout.textContent = describe(data, index);
        },
      ],
    },
  };
}

/** Put the figure's own table behind a summary: it is the chart's text for those who cannot see it. */
function foldTable(figure: HTMLElement): void {
  const table = one(".table-wrap, table", figure);
  if (!table || table.closest("details")) return;
  const details = make(
    "details",
    { class: "chart__table" },
    make("summary", { text: say("chart.table") }),
  );
  table.replaceWith(details);
  details.append(table);
}

function plotIn(stage: HTMLElement, data: TrendData, readout: HTMLElement): () => void {
  let plot: uPlot | undefined;
  const draw = (): void => {
    plot?.destroy();
    const times = data.series.map(({ t }) => Date.parse(t) / 1000);
    const values = data.series.map(({ value }) => value);
    plot = new uPlot(options(data, stage.clientWidth, readInk(), readout), [times, values], stage);
  };
  draw();
  readout.textContent = describe(data, data.series.length - 1);
  let width = stage.clientWidth;
  const observer = new ResizeObserver(() => {
    if (!plot || Math.abs(stage.clientWidth - width) < 2) return;
    width = stage.clientWidth;
    plot.setSize({ width, height: HEIGHT });
  });
  observer.observe(stage);
  document.addEventListener("theme:changed", draw);
  return () => {
    observer.disconnect();
    document.removeEventListener("theme:changed", draw);
    plot?.destroy();
  };
}

/** Draw a figure's chart from its `data-src`. Returns how to take it away. */
export async function drawTrend(figure: HTMLElement): Promise<() => void> {
  const stage = make("div", { class: "chart__stage", "aria-hidden": "true" });
  const readout = make("p", { class: "chart__readout" });
  const caption = one("figcaption", figure);
  if (caption) caption.after(readout, stage);
  else figure.prepend(readout, stage);
  try {
    const answer = await fetch(figure.dataset.src ?? "", {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = (await answer.json()) as TrendData;
    if (data.series.length === 0) {
      readout.textContent = say("chart.empty");
      stage.remove();
      return () => undefined;
    }
    foldTable(figure);
    figure.dataset.ready = "";
    return plotIn(stage, data, readout);
  } catch {
    readout.textContent = say("chart.failed");
    stage.remove();
    return () => undefined;
  }
}
