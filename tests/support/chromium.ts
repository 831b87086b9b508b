/** A real browser for tests of pages: headless Chromium, driven by playwright-core. */
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Chromium, or `undefined` where there is none. */
export const CHROMIUM: string | undefined = PLACES.find((place) => {
  try {
    return Deno.statSync(place).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
});

if (CHROMIUM === undefined) {
  console.log("Tests in a browser are skipped: apt-get install -y chromium brings one");
}

/** Quiet, without a sandbox of its own (containers have none), and without a word to anybody. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium with a profile of its own. */
export async function startChromium(): Promise<Browser & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() });
}

/** A page that keeps what it complains about and what it asks the network for. */
export async function watchPage(
  browser: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[]; readonly requests: string[] }> {
  const page = await browser.newPage(options);
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => void complaints.push(String(error)));
  page.on("request", (request) => void requests.push(request.url()));
  return { page, complaints, requests };
}

/** Tests in one browser, each by its name; skipped where there is none. */
export function browserTests(
  name: string,
  tests: Readonly<Record<string, (browser: Browser) => Promise<void>>>,
): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    fn: async (t) => {
      await using browser = await startChromium();
      for (const [step, test] of Object.entries(tests)) await t.step(step, () => test(browser));
    },
  });
}
