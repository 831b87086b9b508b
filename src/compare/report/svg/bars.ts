import type { BarChart, BarRole, BarRow } from "../bars.ts";
import { axisTo } from "./axis.ts";
import { drawLegend } from "./legend.ts";
import { box, line, MEDIUM, NARROW, type Part, point, shorten, text } from "./marks.ts";

const BAR = 14;

/** What a colour says. */
const ROLE_TITLES: Readonly<Record<BarRole, string>> = {
  chosen: "the one to use",
  other: "other models",
  base: "what they are compared with",
  python: "Python",
};

/** Bars of speed-ups, each with the whisker of its interval and a point for each run. */
export function drawBars({ rows, most, axis, whisker }: BarChart, width: number): Part {
  const narrow = width <= NARROW;
  const left = narrow ? 92 : 150;
  // Where there is no room beside the bars, their figures stand above them.
  const above = width <= MEDIUM;
  const right = above ? width - 14 : width - 250;
  const step = above ? 46 : 32;
  const scale = axisTo(most, left, right);
  const grid = scale.draw(rows.length * step, axis);
  const drawn = rows.flatMap((row, i) => {
    const y = i * step + (above ? 20 : 5);
    const strong = row.role === "chosen" ? " strong" : "";
    const figures = above ? text(left, y - 5, row.figures, `small${strong}`) : text(
      scale.x(Math.max(row.high, ...row.samples, ...row.disturbed)) + 10,
      y + 11,
      row.figures,
      `small${strong}`,
    );
    return [
      text(left - 10, y + 11, shorten(row.model, narrow ? 13 : 20), `end${strong}`),
      box(left, y, Math.max(1, scale.x(row.value) - left), BAR, row.role),
      ...drawWhisker(row, y + BAR / 2, scale.x),
      ...row.samples.map((sample, round) =>
        point(
          scale.x(sample),
          y + BAR + 4,
          "sample",
          `${row.model}, run ${round + 1}: ${ratio(sample)}`,
        )
      ),
      ...row.disturbed.map((sample) =>
        point(
          scale.x(sample),
          y + BAR + 4,
          "disturbed",
          `${row.model}, disturbed: ${ratio(sample)}`,
        )
      ),
      figures,
    ];
  });
  const roles = (Object.keys(ROLE_TITLES) as BarRole[])
    .filter((role) => rows.some((row) => row.role === role));
  const legend = drawLegend(
    [
      ...roles.map((role) => ({ mark: role, words: ROLE_TITLES[role] })),
      { mark: "whisker", words: whisker },
      { mark: "sample", words: "one run" },
      ...(rows.some(({ disturbed }) => disturbed.length > 0)
        ? [{ mark: "disturbed", words: "one that was disturbed, in no figure" }]
        : []),
    ],
    narrow ? 14 : left,
    width,
  );
  return {
    svg: `${grid.svg}\n${drawn.join("\n")}\n<g transform="translate(0 ${
      grid.height + 8
    })">${legend.svg}</g>`,
    height: grid.height + 8 + legend.height,
  };
}

function drawWhisker({ low, high }: BarRow, y: number, x: (value: number) => number): string[] {
  if (high <= low) return [];
  const [from, to] = [x(low), x(high)];
  return [
    line(from, y, to, y, "whisker"),
    line(from, y - 4, from, y + 4, "whisker"),
    line(to, y - 4, to, y + 4, "whisker"),
  ];
}

function ratio(value: number): string {
  return `${value >= 9.95 ? value.toFixed(1) : value.toFixed(2)} times as fast`;
}
