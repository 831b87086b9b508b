import type { Result, Verdict } from "../measure/comparison.ts";
import { formatTime } from "../measure/figures.ts";
import { formatSpeedup } from "./cells.ts";
import { box, type Drawing, LEFT, line, RIGHT, shorten, text, ticks } from "./drawing.ts";

const ROW = 26;
const BAR = 14;
/** Kept free right of the longest bar for the figures beside it. */
const FIGURES = 250;

/** The speed-ups of one workload as bars, each with its interval, with a line where sync stands. */
export function drawBars(results: readonly Result[], verdict: Verdict | undefined): Drawing {
  const most = Math.max(1, ...results.map(({ speedup }) => speedup.high));
  const scale = (RIGHT - FIGURES - LEFT) / most;
  const height = results.length * ROW + 22;
  const parts: string[] = [];
  for (const tick of ticks(most, 8)) {
    const x = LEFT + tick * scale;
    parts.push(line(x, 0, x, results.length * ROW));
    parts.push(text(x, results.length * ROW + 15, `${tick}×`, "soft small mid"));
  }
  for (const [i, result] of results.entries()) {
    const { speedup, model, wallMs } = result;
    const y = i * ROW + (ROW - BAR) / 2;
    const kind = model === verdict?.model ? "chosen" : kindOf(model);
    const chosen = model === verdict?.model ? " strong" : "";
    parts.push(text(LEFT - 10, y + 11, shorten(model, 20), `end${chosen}`));
    parts.push(box(LEFT, y, Math.max(1, speedup.value * scale), BAR, kind));
    const middle = y + BAR / 2;
    if (speedup.high > speedup.low) {
      const [low, high] = [LEFT + speedup.low * scale, LEFT + speedup.high * scale];
      parts.push(line(low, middle, high, middle, "whisker"));
      parts.push(line(low, middle - 4, low, middle + 4, "whisker"));
      parts.push(line(high, middle - 4, high, middle + 4, "whisker"));
    }
    const figures = `${formatSpeedup(speedup)} · ${formatTime(wallMs.median)}`;
    parts.push(text(LEFT + speedup.high * scale + 8, y + 11, figures, `small${chosen}`));
  }
  return { svg: parts.join("\n"), height };
}

/** What others are compared with stands back; Python has a colour of its own. */
function kindOf(model: string): string {
  if (model === "sync" || model === "python-sync") return "base";
  return model.startsWith("python-") ? "python" : "bar";
}
