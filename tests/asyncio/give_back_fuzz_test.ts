/** Races, gatherings and bound waits in one another, cancelled at any moment: each item is with the caller or in its queue. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import {
  type Awaitable,
  createTask,
  gather,
  Queue,
  race,
  run,
  sleep,
  waitFor,
} from "../../src/asyncio/mod.ts";
import { randomOf } from "../support/seeded_random.ts";

type Queues = readonly Queue<number>[];

/** What is to be waited for, in words and as what begins it. */
interface Plan {
  readonly text: string;
  readonly begin: (queues: Queues) => Awaitable<unknown>;
}

type Pick = (below: number) => number;

/** A plan of up to `depth` storeys, some of them behind a function. */
function plan(pick: Pick, depth: number): Plan {
  const kind = pick(10), isLazy = pick(2) === 0, at = pick(3);
  const one = (text: string, begin: Plan["begin"]): Plan =>
    isLazy
      ? { text: `() => ${text}`, begin: (queues) => () => begin(queues) as never }
      : { text, begin };
  if (depth === 0 || kind < 3) return one(`get ${at}`, (queues) => queues[at]!.get());
  const several = Array.from({ length: 1 + pick(3) }, () => plan(pick, depth - 1));
  const all = several.map((each) => each.text).join(", ");
  const begun = (queues: Queues) => several.map((each) => each.begin(queues));
  if (kind < 6) return one(`race(${all})`, (queues) => race(begun(queues)));
  if (kind < 8) return one(`gather(${all})`, (queues) => gather(begun(queues)));
  const first = several[0]!;
  return one(`waitFor(${first.text})`, (queues) => waitFor(first.begin(queues), 60_000));
}

async function play(seed: number): Promise<void> {
  const pick = randomOf(seed);
  const { text, begin } = plan(pick, 3);
  const queues = [1, 2, 3].map(() => new Queue<number>());
  let put = 0, got = 0;
  const task = createTask(async () => {
    const result = await race(begin(queues));
    got = [result].flat(9).length;
  });
  for (let turn = 0; turn < 14; turn++) {
    if (pick(10) < 3) await queues[pick(3)]!.put(++put);
    if (pick(10) === 0) task.cancel();
    await (pick(2) === 0 ? null : sleep(0));
  }
  task.cancel();
  await task.then(() => {}, () => {});
  for (let turn = 0; turn < 4; turn++) await sleep(0);
  const left = queues.reduce((sum, queue) => sum + queue.qsize(), 0);
  assertEquals(got + left, put, `seed ${seed}: ${text}`);
}

Deno.test("races, gatherings and bound waits in one another leave each item with one owner, whenever they are given up", async () => {
  await run(async () => {
    for (let seed = 1; seed <= 4000; seed++) await play(seed);
  });
});
