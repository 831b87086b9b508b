import { loadD3 } from "../../assets/d3.js";
import type { BreakEvenChart, PredictionChart, PredictionPoint } from "../scaling.ts";
import { axisTo, powerAxis } from "./axis.ts";
import { box, line, MEDIUM, NARROW, type Part, path, point, shorten, text } from "./marks.ts";

const ROW = 30;
const PLOT = 170;

/** For each model where it begins to pay, with the whisker of the interval, and a bar over the lengths beyond. */
export function drawBreakEven({ rows, from, to, axis }: BreakEvenChart, width: number): Part {
  const narrow = width <= NARROW;
  const [left, right] = [narrow ? 92 : 150, width - (narrow ? 14 : 24)];
  const scale = powerAxis(from, to, left, right);
  const grid = scale.draw(rows.length * ROW, `${axis}, ms`);
  const drawn = rows.flatMap(({ model, taskMs, figures }, i) => {
    const y = i * ROW;
    const name = text(left - 10, y + 22, shorten(model, narrow ? 13 : 20), "end");
    const words = text(left, y + 11, figures, "small");
    if (taskMs === undefined) return [name, words];
    const [low, at, high] = [taskMs.low, taskMs.value, taskMs.high]
      .map((ms) => scale.x(Math.max(from, ms))) as [number, number, number];
    return [
      name,
      words,
      box(at, y + 16, right - at, 8, "other"),
      line(low, y + 20, high, y + 20, "whisker"),
      line(low, y + 16, low, y + 24, "whisker"),
      line(high, y + 16, high, y + 24, "whisker"),
    ];
  });
  return { svg: `${grid.svg}\n${drawn.join("\n")}`, height: grid.height };
}

/** A curve for each model over the number of cores, in the band of its interval. */
export function drawPrediction(chart: PredictionChart, width: number): Part {
  const { curves, cores, most, axis, upright } = chart;
  const narrow = width <= NARROW;
  const below = width <= MEDIUM;
  const [left, right] = [narrow ? 40 : 150, width - (below ? 14 : 250)];
  const d3 = loadD3();
  const across = axisTo(cores, left, right);
  const up = d3.scaleLinear().domain([0, most]).range([PLOT, 20]);
  const grid = across.draw(PLOT, axis);
  const format = up.tickFormat(5);
  const levels = up.ticks(5).flatMap((level) => [
    line(left, up(level), right, up(level)),
    text(left - 8, up(level) + 4, format(level), "soft small end"),
  ]);
  const band = d3.area<PredictionPoint>().x(({ cores }) => across.x(cores))
    .y0(({ low }) => up(low)).y1(({ high }) => up(high));
  const curve = d3.line<PredictionPoint>().x(({ cores }) => across.x(cores))
    .y(({ value }) => up(value));
  const drawn = curves.flatMap(({ model, points, figures }, i) => [
    path(rounded(band(points)), "band", `${model}: interval`),
    path(rounded(curve(points)), i === 0 ? "curve" : "curve dashed", figures),
    ...points.map(({ cores, value }) => point(across.x(cores), up(value), "sample", "")),
  ]);
  const legend = curves.flatMap(({ figures }, i) => {
    const [x, y] = below ? [left, PLOT + 50 + i * 18] : [right + 16, 30 + i * 18];
    return [
      path(`M${x} ${y - 4}h20`, i === 0 ? "curve" : "curve dashed"),
      text(x + 26, y, figures, "small"),
    ];
  });
  return {
    svg: [grid.svg, text(left, 10, upright, "soft small"), ...levels, ...drawn, ...legend].join(
      "\n",
    ),
    height: grid.height + (below ? curves.length * 18 + 4 : 0),
  };
}

/** Tenths of a pixel are enough. */
function rounded(d: string | null): string {
  return (d ?? "").replaceAll(
    /\d+\.\d+/g,
    (number) => String(Math.round(Number(number) * 10) / 10),
  );
}
