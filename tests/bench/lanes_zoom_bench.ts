/// <reference lib="dom" />
/**
 * How long a frame takes while lanes are zoomed by the wheel, in headless Chromium without a graphics card:
 * 95 of 100 must stay under 50 ms with 20,000 spans.
 */
import { toHtml } from "../../src/compare/mod.ts";
import { manySpans } from "../compare/report/many_spans.ts";
import { CHROMIUM, startChromium, watchPage } from "../support/chromium.ts";

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

if (CHROMIUM === undefined) Deno.exit(0);
let failed = false;
for (const spans of [5_000, 20_000]) {
  const frames = await framesOf(spans);
  const [middle, slow, slowest] = [0.5, 0.95, 1].map((share) =>
    frames[Math.min(frames.length - 1, Math.floor(share * frames.length))]!
  );
  const verdict = slow! < LIMIT ? "ok" : `over ${LIMIT} ms`;
  failed ||= slow! >= LIMIT;
  console.log(
    `${spans} spans: p50 ${middle!.toFixed(1)} ms, p95 ${slow!.toFixed(1)} ms, ` +
      `longest ${slowest!.toFixed(1)} ms: ${verdict}`,
  );
}
Deno.exit(failed ? 1 : 0);
