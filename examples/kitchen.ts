/**
 * The course's summary as a program: ten dishes in ten kitchens, in one crowded kitchen, and by one cook.
 *
 *     multiprocessing   10 kitchens, 10 cooks    processes   nothing is shared, so nobody is in the way; dear to open
 *     threading          1 kitchen,  10 cooks    threads     one knife and one stove for all: they wait for each other
 *     asyncio            1 kitchen,   1 cook     tasks       turns to the next dish while one is in the oven
 *
 * Three menus, and each of the three has one for which it is the one to take:
 *
 *     stew     hardly a cut, long in the oven                  slow I/O: one cook is as fast as ten, and costs nothing
 *     salad    cutting and nothing else                        CPU-bound: as many knives as there are cores
 *     souffle  long in an oven that has to be watched          a call that blocks: cooks beside each other, one kitchen
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/kitchen.ts
 * Watch:  the timelines are drawn from what happened, from the moment when all are ready: C cutting, s stirring at
 *         the stove, · waiting for the knife or the stove, o in the oven. Cutting is counted by what is cut and not
 *         by the clock, so on one core ten kitchens are no faster than one. To take is the cheapest to open among
 *         those that are about as fast as the fastest. Where other programs keep the cores busy the kitchens have
 *         nothing to win with, and the program says so.
 */
import { gather, run, sleep } from "@quartet/concurrency/asyncio";
import * as multiprocessing from "@quartet/concurrency/multiprocessing";
import { Barrier, Lock, portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "./timeline.ts";

const DISHES = 10;
/** As fast as the fastest: not more than this much slower. */
const ABOUT = 1.5;

/** What a dish takes. */
interface Menu {
  readonly name: string;
  /** Milliseconds of work with the knife and at the stove, and in the oven. */
  readonly cut: number;
  readonly stir: number;
  readonly bake: number;
  /** Whether the oven has to be watched: its cook can do nothing else, as in a call that blocks. */
  readonly watched: boolean;
}

const MENUS: readonly Menu[] = [
  { name: "stew", cut: 2, stir: 2, bake: 250, watched: false },
  { name: "salad", cut: 60, stir: 0, bake: 1, watched: false },
  { name: "souffle", cut: 2, stir: 2, bake: 150, watched: true },
];

/** Turns of the knife in a millisecond, on this machine. */
function turnsInMillisecond(): number {
  cut(1, 1_000_000); // warm-up
  const start = wallTime();
  cut(1, 5_000_000);
  return Math.round(5_000_000 / (wallTime() - start));
}

/** Works with the knife: keeps a processor busy with a certain amount of work, however long that takes. */
function cut(time: number, turns: number): number {
  let sum = 0;
  for (let i = 0; i < time * turns; i++) sum += Math.sqrt(i);
  return sum;
}

function working(mark: string, time: number, turns: number): Span {
  const start = wallTime();
  cut(time, turns);
  return { start, end: wallTime(), mark };
}

function since(start: number, mark: string): Span {
  return { start, end: wallTime(), mark };
}

async function bake({ bake, watched }: Menu): Promise<Span> {
  const start = wallTime();
  if (watched) sleepSync(bake);
  else await sleep(bake);
  return since(start, "o");
}

/** One dish by a cook with a kitchen of their own. */
async function cookAlone(menu: Menu, turns: number): Promise<Span[]> {
  const spans = [working("C", menu.cut, turns), working("s", menu.stir, turns)];
  return [...spans, await bake(menu)];
}

/** One cook with a kitchen of their own. */
const ownKitchen = portable(
  import.meta,
  async function ownKitchen(
    menu: Menu,
    turns: number,
    opening: multiprocessing.Barrier,
  ): Promise<Span[]> {
    cut(5, turns); // warm-up
    await opening.wait();
    return await cookAlone(menu, turns);
  },
);

/** One cook of many in a kitchen: knife and stove are shared. */
const crowdedKitchen = portable(
  import.meta,
  async function crowdedKitchen(
    menu: Menu,
    turns: number,
    opening: Barrier,
    knife: Lock,
    stove: Lock,
  ): Promise<Span[]> {
    cut(5, turns);
    opening.waitSync();
    const spans: Span[] = [];
    const use = (tool: Lock, mark: string, time: number): void => {
      const start = wallTime();
      using _tool = tool.acquireSync();
      spans.push(since(start, "·"), working(mark, time, turns));
    };
    use(knife, "C", menu.cut);
    use(stove, "s", menu.stir);
    return [...spans, await bake(menu)];
  },
);

/** A way to cook ten dishes, and what came of it. */
interface Way {
  readonly name: string;
  readonly lane: string;
  cook(menu: Menu, turns: number): Promise<Span[][]>;
}

const ten = <T>(make: () => T): T[] => Array.from({ length: DISHES }, make);

const WAYS: readonly Way[] = [
  {
    name: "10 kitchens, 10 cooks (processes)",
    lane: "kitchen",
    async cook(menu, turns) {
      const opening = new multiprocessing.Barrier(DISHES);
      const args: Parameters<typeof ownKitchen> = [menu, turns, opening];
      const kitchens = ten(() => new multiprocessing.Process({ target: ownKitchen, args }).start());
      return await Promise.all(kitchens.map((kitchen) => kitchen.result));
    },
  },
  {
    name: "1 kitchen, 10 cooks (threads)",
    lane: "cook",
    async cook(menu, turns) {
      const [opening, knife, stove] = [new Barrier(DISHES), new Lock(), new Lock()];
      const args: Parameters<typeof crowdedKitchen> = [menu, turns, opening, knife, stove];
      const cooks = ten(() => new Thread({ target: crowdedKitchen, args }).start());
      return await Promise.all(cooks.map((cook) => cook.result));
    },
  },
  {
    name: "1 kitchen, 1 cook (tasks)",
    lane: "dish",
    async cook(menu, turns) {
      return await run(() => gather(...ten(() => () => cookAlone(menu, turns))));
    },
  },
];

if (import.meta.main) {
  const turns = turnsInMillisecond();
  for (const menu of MENUS) {
    const { name, cut, stir, bake, watched } = menu;
    console.log(
      `== ${name}: ${cut} ms of cutting, ${stir} ms of stirring, ${bake} ms in an oven ` +
        (watched ? "that has to be watched\n" : "that bakes by itself\n"),
    );
    const results: { way: Way; opening: number; cooking: number }[] = [];
    for (const way of WAYS) {
      const begin = wallTime();
      const cooks = await way.cook(menu, turns);
      const all = cooks.flat();
      const ready = Math.min(...all.map(({ start }) => start));
      const cooking = Math.max(...all.map(({ end }) => end)) - ready;
      results.push({ way, opening: ready - begin, cooking });
      console.log(
        `${way.name}: ${Math.round(cooking)} ms, and ${Math.round(ready - begin)} ms to open`,
      );
      const lanes: Lane[] = cooks.map((spans, i) => ({
        name: `${way.lane} ${i + 1}`.padEnd(10),
        spans,
      }));
      console.log(drawTimeline(lanes) + "\n");
    }
    const fastest = Math.min(...results.map(({ cooking }) => cooking));
    const [best] = results.filter(({ cooking }) => cooking <= ABOUT * fastest)
      .toSorted((a, b) => a.opening - b.opening);
    console.log(`To take for ${name}: ${best!.way.name}`);
    const cores = DISHES * (cut + stir) / results[0]!.cooking;
    if (menu.cut > menu.bake && best!.way !== WAYS[0]) {
      console.log(`(No second core was to be had: ${cores.toFixed(1)} at work in ten kitchens.)`);
    }
    console.log();
  }
}
