import { box, line, type Part, point, text } from "./marks.ts";

/** One entry of a legend. */
export interface LegendEntry {
  /** How the mark looks: the class of a box, or `whisker`, `sample` or `disturbed`. */
  readonly mark: string;
  /** What it means. */
  readonly words: string;
}

const ROW = 18;

/** What colours and marks mean, in as many rows as it takes. */
export function drawLegend(entries: readonly LegendEntry[], left: number, width: number): Part {
  let [x, y] = [left, 10];
  const parts: string[] = [];
  for (const { mark, words } of entries) {
    const wide = 22 + words.length * 6.4;
    if (x > left && x + wide > width - 10) [x, y] = [left, y + ROW];
    parts.push(drawMark(mark, x, y), text(x + 20, y, words, "soft small"));
    x += wide + 14;
  }
  return { svg: parts.join("\n"), height: y + 4 };
}

function drawMark(mark: string, x: number, y: number): string {
  if (mark === "sample" || mark === "disturbed") return point(x + 7, y - 4, mark, "");
  if (mark !== "whisker") return box(x, y - 9, 14, 10, mark);
  return [
    line(x, y - 4, x + 14, y - 4, mark),
    line(x, y - 8, x, y, mark),
    line(x + 14, y - 8, x + 14, y, mark),
  ].join("");
}
