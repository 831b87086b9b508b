/// <reference lib="dom" />
/**
 * How long a frame takes while lanes are zoomed by the wheel, in headless Chromium without a graphics card:
 * 95 of 100 must stay under 50 ms with 20,000 spans.
 */
import { toHtml } from "../../src/compare/mod.ts";
import { manySpans } from "../compare/report/many_spans.ts";
import { CHROMIUM, startChromium, watchPage } from "../support/chromium.ts";
import { bench, type Contender } from "./harness.ts";

const LIMIT = 50;
const STEPS = 30;

/** Zooms in and out again, a step for each frame; returns what each frame took, in order of length. */
async function framesOf(spans: number): Promise<number[]> {
  await using browser = await startChromium();
  const { page } = await watchPage(browser, { viewport: { width: 1280, height: 900 } });
  await page.setContent(toHtml(manySpans(spans)));
  const stage = page.locator(".stage").first();
  await stage.scrollIntoViewIfNeeded();
  return await stage.evaluate(async (element, steps) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const { left, top, width, height } = element.getBoundingClientRect();
    const [clientX, clientY] = [left + width / 2, top + height / 2];
    const frames: number[] = [];
    await frame();
    let before = await frame();
    for (let step = 0; step < steps; step++) {
      const deltaY = step < steps / 2 ? -120 : 120;
      element.dispatchEvent(
        new WheelEvent("wheel", { deltaY, clientX, clientY, bubbles: true, cancelable: true }),
      );
      const now = await frame();
      frames.push(now - before);
      before = now;
    }
    return frames.sort((a, b) => a - b);
  }, STEPS);
}

/** The length below which 95 of 100 frames stay. */
function zooming(spans: number): Contender {
  return {
    name: `${spans.toLocaleString("en")} spans`,
    role: "ours",
    open: () => ({
      async measure() {
        const frames = await framesOf(spans);
        return frames[Math.min(frames.length - 1, Math.floor(0.95 * frames.length))]!;
      },
    }),
  };
}

if (CHROMIUM !== undefined) {
  const { rows } = await bench({
    title: "a frame while lanes are zoomed, 95th percentile",
    unit: "ms",
    better: "lower",
    rounds: 3,
    warmUps: 0,
    target: "below the limit",
  }, [
    { name: "what still looks smooth", role: "limit", open: () => ({ measure: () => LIMIT }) },
    zooming(5_000),
    zooming(20_000),
  ]);
  if (rows.some(({ toLimit }) => toLimit.median >= 1)) Deno.exitCode = 1;
}
