/// <reference lib="dom" />
/** The live view in a real browser: each control does what it says. */
import "../../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { serveLive } from "../../../src/compare/live/serve.ts";
import { seriousFaults } from "../../support/axe.ts";
import { browserTests, watchPage } from "../../support/chromium.ts";

/** How long a race of small tasks may take on a machine that is busy. */
const PATIENCE = { timeout: 60_000 };

/** Has `use` look at the live view; it may neither complain nor ask anybody else for anything. */
async function onLivePage(
  browser: Browser,
  use: (page: Page) => Promise<void>,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<void> {
  await using server = serveLive(0);
  const { page, complaints, requests } = await watchPage(browser, options);
  await page.goto(server.url);
  await fill(page, { tasks: 3, workers: 2, taskMs: 2, delayMs: 10 });
  await use(page);
  assertEquals(complaints, []);
  assertEquals(requests.filter((url) => !url.startsWith(server.url)), []);
  await page.close();
}

async function fill(page: Page, values: Record<string, number>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await page.locator(`[name=${name}]`).fill(String(value));
  }
}

/** Presses a button, and waits until the race is over. */
async function race(page: Page, button = "start"): Promise<string[][]> {
  await page.locator(`#${button}`).click();
  await page.waitForFunction(
    () =>
      !(document.getElementById("start") as HTMLButtonElement).disabled &&
      document.getElementById("outcome")!.textContent !== "",
    null,
    PATIENCE,
  );
  return await rowsOf(page);
}

function rowsOf(page: Page): Promise<string[][]> {
  return page.locator("#table tr").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent!))
  );
}

/** How many pixels of the picture have the colour that the page calls so. */
function pixelsOf(page: Page, name: string): Promise<number> {
  return page.locator("canvas").evaluate(async (element, name) => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const canvas = element as HTMLCanvasElement;
    const colour = getComputedStyle(canvas).getPropertyValue(`--${name}`);
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const { data } = canvas.getContext("2d", { willReadFrequently: true })!
      .getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (wanted.every((part, k) => data[i + k] === part)) count++;
    }
    return count;
  }, name);
}

browserTests("the live view, in a browser", {
  "start runs every model: its row fills, its lanes are drawn, and the outcome is told": (
    browser,
  ) =>
    onLivePage(browser, async (page) => {
      const rows = await race(page);
      assertEquals(rows.map(([model, state, done]) => [model, state, done]), [
        ["sync", "done", "3 of 3"],
        ["threads", "done", "3 of 3"],
        ["processes", "done", "3 of 3"],
        ["async", "done", "3 of 3"],
      ]);
      for (const [, , , time, speedup, start] of rows) {
        assertMatch(time!, /^[\d.]+ (ms|s)$/);
        assertMatch(speedup!, /^[\d.]+×$/);
        assertMatch(start!, /^[\d.]+ (ms|µs|s)$/);
      }
      for (const kind of ["io", "chosen"]) assert(await pixelsOf(page, kind) > 50, kind);
      assertStringIncludes((await page.locator("#outcome").textContent())!, "async");
    }),

  "models, tasks and workers are those that were chosen; again runs the same once more": (
    browser,
  ) =>
    onLivePage(browser, async (page) => {
      await page.getByLabel("processes").uncheck();
      await page.getByLabel("sync", { exact: true }).uncheck();
      await fill(page, { tasks: 5, workers: 1, taskMs: 0, delayMs: 5 });
      const [threads, tasks] = await race(page);
      assertEquals([threads![0], threads![2], tasks![0]], ["threads", "5 of 5", "async"]);
      assertEquals(threads![4], ""); // there is no sync to be compared with
      // With one worker, five tasks of 5 ms follow one another; async overlaps them.
      const ms = ([, , , time]: string[]) => Number.parseFloat(time!);
      assert(ms(threads!) >= 25, threads![3]);
      await fill(page, { tasks: 9 });
      const again = await race(page, "again");
      assertEquals(again.map(([model, , done]) => [model, done]), [
        ["threads", "5 of 5"],
        ["async", "5 of 5"],
      ]);
    }),

  "the switch puts threads under Python's lock": (browser) =>
    onLivePage(browser, async (page) => {
      for (const other of ["processes", "async"]) await page.getByLabel(other).uncheck();
      await page.getByRole("switch").check();
      const rows = await race(page);
      assertEquals(rows.map(([model]) => model), ["sync", "threads, GIL"]);
    }),

  "pause holds the race, and go on lets it end": (browser) =>
    onLivePage(browser, async (page) => {
      // The button is pressed long before the first model can be over, also on a busy machine.
      await fill(page, { tasks: 2, delayMs: 2000 });
      await page.locator("#start").click();
      await page.locator("#pause:enabled").click();
      await page.getByRole("button", { name: "Go on" }).waitFor(PATIENCE);
      await page.waitForFunction(
        () => document.getElementById("table")!.textContent!.match(/paused/g)?.length === 4,
        null,
        PATIENCE,
      );
      await page.locator("#pause").click();
      await page.waitForFunction(
        () => document.getElementById("outcome")!.textContent !== "",
        null,
        PATIENCE,
      );
      assertEquals((await rowsOf(page)).map(([, state]) => state), Array(4).fill("done"));
    }),

  "stop ends the race in the middle": (browser) =>
    onLivePage(browser, async (page) => {
      await fill(page, { tasks: 100, delayMs: 2000 });
      await page.locator("#start").click();
      await page.getByText("running").first().waitFor(PATIENCE);
      await page.locator("#stop").click();
      await page.locator("#start:enabled").waitFor(PATIENCE);
      assertEquals((await rowsOf(page)).map(([, state]) => state), Array(4).fill("stopped"));
    }),

  "the same race is shown as kitchens, and back as lanes": (browser) =>
    onLivePage(browser, async (page) => {
      await page.getByLabel("async").check();
      await race(page);
      const look = () =>
        page.locator("canvas").evaluate(async (canvas) => {
          for (let i = 0; i < 40; i++) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
          return (canvas as HTMLCanvasElement).toDataURL();
        });
      const lanes = await look();
      await page.getByLabel("kitchens").check();
      const kitchens = await look();
      assertNotEquals(kitchens, lanes);
      assert(await pixelsOf(page, "chosen") > 100); // plates that are served
      await page.getByLabel("lanes").check();
      assertEquals(await look(), lanes);
    }),

  "what cannot be is refused by the form and told; presets fill in the numbers": (browser) =>
    onLivePage(browser, async (page) => {
      for (const model of ["sync", "threads", "processes", "async"]) {
        await page.getByLabel(model, { exact: true }).uncheck();
      }
      await page.locator("#start").click();
      await page.getByText("no model is chosen").waitFor();
      await fill(page, { tasks: 1000 });
      assert(
        !await page.locator("form").evaluate((form) => (form as HTMLFormElement).checkValidity()),
      );
      await page.getByRole("button", { name: "work that computes" }).click();
      assertEquals(await page.locator("[name=delayMs]").inputValue(), "0");
    }),

  "the page says so when the program ends": async (browser) => {
    const server = serveLive(0);
    const { page } = await watchPage(browser);
    await page.goto(server.url);
    await server[Symbol.asyncDispose]();
    await page.getByText("The program has ended").waitFor();
    assert(await page.locator("#start").isDisabled());
    await page.close();
  },

  "the keyboard reaches every control, nothing is cut off on a telephone, and axe finds nothing serious":
    async (browser) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await onLivePage(browser, async (page) => {
          await race(page);
          assertEquals(await page.locator("html").evaluate((each) => each.scrollWidth), 390);
          assertEquals(await seriousFaults(page), []);
          await page.locator("[name=models]").first().focus();
          const names = new Set<string>();
          for (let i = 0; i < 20; i++) {
            names.add(
              await page.evaluate(() => {
                const { id, tagName } = document.activeElement!;
                return document.activeElement!.getAttribute("name") ?? (id || tagName);
              }),
            );
            await page.keyboard.press("Tab");
          }
          for (
            const name of [
              "models",
              "tasks",
              "workers",
              "taskMs",
              "delayMs",
              "gil",
              "together",
              "skin",
              "start",
              "again",
            ]
          ) {
            assert(names.has(name), `${name} was not reached`);
          }
        }, { colorScheme, viewport: { width: 390, height: 844 } });
      }
    },
});
