/// <reference lib="dom" />
/** The page of a comparison in a real browser: alive, reachable, readable, and harmless. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { type Comparison, toHtml } from "../../../src/compare/mod.ts";
import { seriousFaults } from "../../support/axe.ts";
import { browserTests, watchPage } from "../../support/chromium.ts";
import { manySpans } from "./many_spans.ts";

const comparison: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

/** Has `use` look at the page of a comparison; it may neither complain nor ask the network for anything. */
async function onPage(
  browser: Browser,
  shown: Comparison,
  use: (page: Page) => Promise<void>,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/page.html`;
  try {
    await Deno.writeTextFile(file, toHtml(shown));
    const { page, complaints, requests } = await watchPage(browser, options);
    await page.goto(`file://${file}`);
    await use(page);
    assertEquals(complaints, []);
    assertEquals(requests.filter((url) => !/^(file|blob):/.test(url)), []);
    await page.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The labels of the first picture's axis, drawn anew in the next frame. */
async function axisOf(page: Page): Promise<string[]> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  return await page.locator(".axis").first().locator("text").allTextContents();
}

/** How many pixels of the first picture have the colour that the page calls so. */
function pixelsOf(page: Page, name: string): Promise<number> {
  return page.locator("canvas").first().evaluate((canvas, name) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const colour = getComputedStyle(canvas).getPropertyValue(`--${name}`);
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const { data } = (canvas as HTMLCanvasElement).getContext("2d")!
      .getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (wanted.every((part, k) => data[i + k] === part) && data[i + 3] === 255) count++;
    }
    return count;
  }, name);
}

browserTests("the page of a comparison, in a browser", {
  "lanes are zoomed by the wheel, moved by dragging, and shown whole by a double-click": (
    browser,
  ) =>
    onPage(browser, comparison, async (page) => {
      const whole = await axisOf(page);
      const stage = page.locator(".stage").first();
      await stage.scrollIntoViewIfNeeded();
      await stage.hover({ position: { x: 400, y: 60 } });
      await page.mouse.wheel(0, -400);
      const zoomed = await axisOf(page);
      assertNotEquals(zoomed, whole);
      await page.mouse.down();
      await page.mouse.move(200, 300, { steps: 3 });
      await page.mouse.up();
      assertNotEquals(await axisOf(page), zoomed);
      await stage.dblclick({ position: { x: 400, y: 60 } });
      assertEquals(await axisOf(page), whole);
    }),

  "lanes are zoomed by two fingers": (browser) =>
    onPage(browser, comparison, async (page) => {
      const whole = await axisOf(page);
      const stage = page.locator(".stage").first();
      await stage.scrollIntoViewIfNeeded();
      const { x, y } = (await stage.boundingBox())!;
      const session = await page.context().newCDPSession(page);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...places: number[]) =>
        session.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: places.map((place, id) => ({ x: x + place, y: y + 40, id })),
        });
      await touch("touchStart", 190, 210);
      for (const spread of [20, 40, 60]) await touch("touchMove", 190 - spread, 210 + spread);
      await touch("touchEnd");
      assertNotEquals(await axisOf(page), whole);
    }, { viewport: { width: 390, height: 844 }, hasTouch: true }),

  "the keyboard reaches every control, zooms, moves, and walks along the lanes": (browser) =>
    onPage(browser, comparison, async (page) => {
      const all = await page.evaluate(() => {
        const found = [
          ...document.querySelectorAll("button, a[href], summary, [tabindex='0']"),
        ].filter((each) => each.checkVisibility({ contentVisibilityAuto: true }));
        for (const [i, each] of found.entries()) each.setAttribute("data-stop", String(i));
        return found.length;
      });
      const reached = new Set<string | null>();
      for (let i = 0; i < all; i++) {
        await page.keyboard.press("Tab");
        reached.add(await page.evaluate(() => document.activeElement!.getAttribute("data-stop")));
      }
      assertEquals(reached.size, all);
      assert(!reached.has(null));
      await page.locator(".stage").first().focus();
      const whole = await axisOf(page);
      await page.keyboard.press("+");
      const zoomed = await axisOf(page);
      assertNotEquals(zoomed, whole);
      await page.keyboard.press("ArrowRight");
      assertNotEquals(await axisOf(page), zoomed);
      await page.keyboard.press("0");
      assertEquals(await axisOf(page), whole);
      const readout = page.locator(".readout").first();
      await page.keyboard.press("ArrowDown");
      assertStringIncludes((await readout.textContent())!, "sync · main · t0-0: running");
      await page.keyboard.press("Shift+ArrowRight");
      assertStringIncludes((await readout.textContent())!, "sync · main · t0-1: running");
      await page.keyboard.press("ArrowDown");
      assertStringIncludes((await readout.textContent())!, "threads · thread 1");
    }),

  "values are shown under the pointer": (browser) =>
    onPage(browser, comparison, async (page) => {
      const stage = page.locator(".stage").first();
      await stage.scrollIntoViewIfNeeded();
      await stage.hover({ position: { x: 150, y: 28 } });
      assertStringIncludes(
        await page.locator(".tip").first().innerText(),
        "sync · main · t0-0: running 30.6 ms",
      );
    }),

  "the legend takes kinds and models out of the picture and brings them back": (browser) =>
    onPage(browser, comparison, async (page) => {
      const tools = page.locator(".tools").first();
      await axisOf(page);
      const before = await pixelsOf(page, "lock");
      assert(before > 100);
      const locks = tools.getByRole("button", { name: "waiting for a lock" });
      await locks.click();
      await axisOf(page);
      assertEquals(await pixelsOf(page, "lock"), 0);
      assertEquals(await locks.getAttribute("aria-pressed"), "false");
      await locks.click();
      await axisOf(page);
      assertEquals(await pixelsOf(page, "lock"), before);
      const height = () => page.locator("canvas").first().evaluate((each) => each.clientHeight);
      const whole = await height();
      await tools.getByRole("button", { name: "threads" }).click();
      await axisOf(page);
      assert(await height() < whole);
    }),

  "the figures can be saved as they were measured": (browser) =>
    onPage(browser, manySpans(100), async (page) => {
      const saved = page.waitForEvent("download");
      await page.locator("#download").click();
      const path = await (await saved).path();
      assertEquals(JSON.parse(await Deno.readTextFile(path)), manySpans(100));
    }),

  "without script, and on paper, the page has its pictures and tables": async (browser) => {
    await onPage(browser, comparison, async (page) => {
      assertEquals(await page.locator("canvas").count(), 0);
      assert(await page.locator(".static svg.broad").first().isVisible());
      assert(!await page.locator("#download").isVisible());
      assertEquals(await page.locator("tbody th[scope=row]").count() > 20, true);
    }, { javaScriptEnabled: false });
    await onPage(browser, comparison, async (page) => {
      await page.emulateMedia({ media: "print" });
      assert(await page.locator(".static svg.broad").first().isVisible());
      assert(!await page.locator(".alive").first().isVisible());
    });
  },

  "at no width anything is cut off, and no text of a picture is smaller than 10 pixels": async (
    browser,
  ) => {
    for (const javaScriptEnabled of [true, false]) {
      await onPage(browser, comparison, async (page) => {
        for (const width of [390, 661, 768, 981, 1280]) {
          await page.setViewportSize({ width, height: 844 });
          // The page has the new width a moment later, and then the picture that is meant for it.
          await page.waitForFunction(
            (width: number) =>
              innerWidth === width && document.documentElement.scrollWidth <= width,
            width,
          );
          const texts = await page.locator("svg text").evaluateAll((all) =>
            all.filter((each) => each.getClientRects().length > 0).map((each) => {
              const { left, right } = each.getBoundingClientRect();
              const svg = (each as SVGTextElement).ownerSVGElement!;
              const scale = svg.getBoundingClientRect().width / Number(svg.getAttribute("width"));
              const size = Number.parseFloat(getComputedStyle(each).fontSize) * scale;
              return { words: each.textContent, left, right, size };
            })
          );
          assert(texts.length > 30);
          const cut = ({ left, right, size }: typeof texts[number]) =>
            left < 0 || right > width || size < 10;
          assertEquals(texts.filter(cut), [], `at ${width}`);
          assertEquals(await page.locator("html").evaluate((each) => each.scrollWidth), width);
        }
      }, { javaScriptEnabled });
    }
  },

  "axe finds nothing serious, in light and in dark": async (browser) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await onPage(browser, comparison, async (page) => {
        for (const each of await page.locator("summary").all()) await each.click();
        await page.locator(".tools button").first().click();
        assertEquals(await seriousFaults(page), []);
      }, { colorScheme, viewport: { width: 1000, height: 800 } });
    }
  },

  "no name and no text of the work can bring a script into the page": (browser) => {
    const name = `</script><script>hacked = 1</script><img src=x onerror="hacked = 2">"'\`</title>`;
    const hostile: Comparison = {
      ...comparison,
      results: comparison.results.map((each) => ({ ...each, workload: name, model: name })),
      verdicts: [{ workload: name, model: name, why: name }],
      traces: comparison.traces!.map((each) => ({
        ...each,
        workload: name,
        model: name,
        spans: each.spans.map((span) => ({ ...span, name, lane: name })),
      })),
      notes: [name],
    };
    return onPage(browser, hostile, async (page) => {
      await page.locator(".stage").first().focus();
      await page.keyboard.press("ArrowDown");
      assertStringIncludes((await page.locator(".readout").first().textContent())!, name);
      assertEquals(await page.evaluate(() => "hacked" in globalThis), false);
      assertEquals(await page.locator("img").count(), 0);
    });
  },

  "a page with 5,000 spans is smaller than 600 KB and draws all of them": async (browser) => {
    const shown = manySpans(5000);
    assert(toHtml(shown).length < 600_000, `${toHtml(shown).length} bytes`);
    await onPage(browser, shown, async (page) => {
      await axisOf(page);
      for (const kind of ["running", "io", "lock"]) assert(await pixelsOf(page, kind) > 100, kind);
    });
  },
});
