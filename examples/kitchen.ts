/**
 * The course's summary as a program: ten dishes in ten kitchens, in one crowded kitchen, and by one cook.
 *
 *     multiprocessing   10 kitchens, 10 cooks    processes   nothing is shared, so nobody is in the way; dear to set up
 *     threading          1 kitchen,  10 cooks    threads     one stove and two knives for all: they wait for each other
 *     asyncio            1 kitchen,   1 cook     tasks       he turns to the next dish while one is in the oven
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/kitchen.ts
 * Watch:  the timelines are drawn from what happened: C chopping (the cook works), s stirring at the stove, · waiting
 *         for a knife or the stove, o in the oven (nobody works). Ten cooks chop at once only where there are ten
 *         cores; the one cook never does two things at once, and yet ten dishes are in the oven together.
 */
import { portable } from "@quartet/concurrency";
import { gather, run, sleep } from "@quartet/concurrency/asyncio";
import { Process } from "@quartet/concurrency/multiprocessing";
import { Barrier, Lock, Semaphore, sleepSync, Thread } from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "./timeline.ts";

const DISHES = 10;
/** Milliseconds of work with the knife, of work at the stove, and in the oven. */
const CHOP = 12, STIR = 8, BAKE = 150;

/** Works, that is, keeps the processor busy. */
function work(mark: string, time: number): Span {
  const start = wallTime();
  while (wallTime() < start + time);
  return { start, end: wallTime(), mark };
}

function waited(start: number, mark: string): Span {
  return { start, end: wallTime(), mark };
}

/** One cook with a kitchen of his own. */
const cookAlone = portable(import.meta, async function cookAlone(): Promise<Span[]> {
  const spans = [work("C", CHOP), work("s", STIR)];
  const start = wallTime();
  await sleep(BAKE);
  return [...spans, waited(start, "o")];
});

/** One cook of many in a kitchen: knives and stove are shared. */
const cookTogether = portable(
  import.meta,
  function cookTogether(opening: Barrier, knives: Semaphore, stove: Lock): Span[] {
    opening.waitSync();
    const spans: Span[] = [];
    let start = wallTime();
    {
      using _knife = knives.acquireSync();
      spans.push(waited(start, "·"), work("C", CHOP));
    }
    start = wallTime();
    {
      using _stove = stove.acquireSync();
      spans.push(waited(start, "·"), work("s", STIR));
    }
    start = wallTime();
    sleepSync(BAKE);
    return [...spans, waited(start, "o")];
  },
);

/** A lane for each dish. */
function lanes(cooks: readonly (readonly Span[])[], name: string): Lane[] {
  return cooks.map((spans, i) => ({ name: `${name} ${i + 1}`.padEnd(10), spans }));
}

async function tenKitchens(): Promise<Lane[]> {
  const kitchens = Array.from({ length: DISHES }, () => new Process({ target: cookAlone }).start());
  return lanes(await Promise.all(kitchens.map((kitchen) => kitchen.result)), "kitchen");
}

async function oneKitchen(): Promise<Lane[]> {
  const opening = new Barrier(DISHES);
  const knives = new Semaphore(2);
  const stove = new Lock();
  const cooks = Array.from(
    { length: DISHES },
    () => new Thread({ target: cookTogether, args: [opening, knives, stove] }).start(),
  );
  return lanes(await Promise.all(cooks.map((cook) => cook.result)), "cook");
}

async function oneCook(): Promise<Lane[]> {
  const dishes = Array.from({ length: DISHES }, () => cookAlone);
  return lanes(await run(() => gather(...dishes)), "dish");
}

if (import.meta.main) {
  for (
    const [title, cook] of [
      ["10 kitchens, 10 cooks, 10 dishes: processes", tenKitchens],
      ["1 kitchen, 10 cooks, 10 dishes: threads", oneKitchen],
      ["1 kitchen, 1 cook, 10 dishes: tasks", oneCook],
    ] as const
  ) {
    const start = performance.now();
    const drawn = await cook();
    console.log(`${title}, ${Math.round(performance.now() - start)} ms with the start`);
    console.log(drawTimeline(drawn) + "\n");
  }
}
