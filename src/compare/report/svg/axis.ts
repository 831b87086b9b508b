import { loadD3, type Scale } from "../../assets/d3.js";
import { line, type Part, text } from "./marks.ts";

/** A scale from values to pixels, with round ticks. */
export interface Axis {
  /** The place of a value. */
  readonly x: (value: number) => number;
  /** The lines of the ticks over `height` pixels, their values under them, and under those the title. */
  draw(height: number, title: string): Part;
}

/** The axis from zero to `most` between two places. */
export function axisTo(most: number, left: number, right: number): Axis {
  const scale = loadD3().scaleLinear().domain([0, most > 0 ? most : 1]).range([left, right]);
  const count = Math.max(2, Math.round((right - left) / 90));
  return axisOf(scale, right, count, scale.tickFormat(count));
}

/** The axis by powers of ten between two values and two places. */
export function powerAxis(from: number, to: number, left: number, right: number): Axis {
  const scale = loadD3().scaleLog().domain([from, to]).range([left, right]);
  const count = Math.max(2, Math.round((right - left) / 120));
  return axisOf(scale, right, count, scale.tickFormat(count, "~g"));
}

function axisOf(
  scale: Scale,
  right: number,
  count: number,
  format: (value: number) => string,
): Axis {
  const [left] = scale.range();
  return {
    x: scale,
    draw(height, title) {
      const ticks = scale.ticks(count).flatMap((value) => {
        const x = scale(value);
        const anchor = x > right - 20 ? "end" : "mid";
        return [
          line(x, 0, x, height),
          text(x, height + 14, format(value), `soft small ${anchor}`),
        ];
      });
      return {
        svg: [...ticks, text(left, height + 30, title, "soft small")].join("\n"),
        height: height + 34,
      };
    },
  };
}
