/**
 * Runs every listing of the course as a process, and holds what it prints against what CPython prints.
 *
 * The order must hold in every run, but where it comes from waits of different length: such a run is repeated in slow
 * motion before it counts, and so is one that misses a time relation. `deno test -A tests/examples/listings_test.ts -- 06 44` runs some.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, AssertionError } from "@std/assert";
import { pooledMap } from "@std/async";
import { type Listing, LISTINGS } from "./listings.ts";
import { checkOrder, exampleOf } from "./check_listing.ts";
import { type ExampleRun, runExample, runUntilShown } from "./run_example.ts";

/** Nearly all of them sleep nearly all of the time. */
const AT_ONCE = 9;

const chosen = LISTINGS.filter(({ name }) =>
  Deno.args.length === 0 || Deno.args.some((part) => name.startsWith(part))
);
const examples = [...new Set(chosen.map(exampleOf))];
const underGil = chosen.filter(({ gil }) => gil).map((listing) => `${exampleOf(listing)} --gil`);
const runs = new Map<string, ExampleRun | Error>();

/** Those that take long begin first. */
const LONG = ["09", "22", "25", "26", "14", "16", "29", "36", "41", "18", "20", "27", "12", "17"];

Deno.test.beforeAll(async () => {
  const rank = (path: string): number => {
    const place = LONG.findIndex((number) => path.includes(`/${number}_`));
    return place < 0 ? LONG.length : place;
  };
  const inOrder = [...examples, ...underGil].toSorted((a, b) => rank(a) - rank(b));
  const running = pooledMap(AT_ONCE, inOrder, async (path) => {
    const run = await runCommand(path).catch((error: Error) => error);
    runs.set(path, run);
  });
  await Array.fromAsync(running);
});

/** Runs the example at a path, which arguments may follow. */
async function runCommand(command: string): Promise<ExampleRun> {
  const [path, ...args] = command.split(" ");
  return await runExample(path!, { args });
}

for (const listing of chosen) {
  const { name } = listing;
  const path = exampleOf(listing);
  Deno.test(`listing ${name} prints what CPython prints, when CPython does`, async () => {
    await check(listing, path);
  });
  if (!listing.gil) continue;
  Deno.test(`listing ${name} shows the same under CPython's lock`, async () => {
    await check(listing, `${path} --gil`);
  });
}

/** Holds a run against the golden output and the time rule; one that a busy machine disturbed is repeated more slowly. */
async function check(listing: Listing, command: string): Promise<void> {
  const run = runs.get(command)!;
  if (run instanceof Error) throw run;
  if (listing.orderByTime !== true) await checkOrder(listing, run);
  const [path, ...args] = command.split(" ");
  const shown = await runUntilShown(path!, (run) => checkRun(listing, run), run, { args });
  runs.set(command, shown); // another slide may show the same program
}

async function checkRun(listing: Listing, run: ExampleRun): Promise<void> {
  await checkOrder(listing, run);
  if (listing.time?.(run) !== false) return;
  const stamped = run.lines.map((line) => `  ${line.at.toFixed(2)}  ${line.text}`).join("\n");
  const message = `time rule broken: total ${run.total.toFixed(2)}, span ${run.span.toFixed(2)}`;
  throw new AssertionError(`${message}\n${stamped}`);
}

Deno.test("every listing of the course has its row and its golden output", async () => {
  const golden = (await Array.fromAsync(Deno.readDir(new URL("../golden/", import.meta.url))))
    .map(({ name }) => name.replace(/\.txt$/, "")).sort();
  assertEquals(LISTINGS.map(({ name }) => name), golden);
  assertEquals(LISTINGS.map(({ number }) => number), golden.map((_, i) => i + 1));
});

for (const where of ["43_processes_simple_queue", "44_threads_queue"]) {
  Deno.test(`in slow motion ${where} waits as many times longer`, async () => {
    const run = await runExample(`examples/listings/${where}.ts`, { slower: 6 });
    assertEquals([run.code, run.stderr], [0, ""]);
    assert(run.total >= 0.3, `bob waits for 0.3 s of his time: it took ${run.total} s`);
  });
}
