/**
 * 06: five threads on one function; each has a name, and nobody waits for them.
 *
 * Python: examples/python/06_threads_doubler.py
 * Run:    deno run --allow-read=. examples/listings/06_threads_doubler.ts
 *         under CPython's lock: the same with --gil; ten rounds, and how many orders they had: with --orders
 * Watch:  the order of the threads is not determined: they wait for each other at a barrier, and whoever the system
 *         lets go first is first. The function is `portable`, since a thread finds it by importing this module again:
 *         what the script does by itself stands behind `import.meta.main`. In CPython one thread at a time runs, and
 *         is not bound to end before the next begins; under `Gil` it is so here too.
 * Errata: `currentThread().getName()` is deprecated since Python 3.10. More in examples/ERRATA.md.
 */
import { Barrier, currentThread, Gil, portable, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

const THREADS = 5, ROUNDS = 10;

/** A function that can be used by a thread. */
const doubler = portable(
  import.meta,
  function doubler(number: number, begin: Barrier, gil: Gil | null): void {
    begin.waitSync();
    const work = (): void => {
      console.log(currentThread().name + "\n");
      console.log(number * 2);
      console.log();
    };
    if (gil) gil.run(work);
    else work();
  },
);

/** The same, which only tells that it has its turn. */
const turn = portable(
  import.meta,
  function turn(number: number, begin: Barrier, order: Queue<number>): void {
    begin.waitSync();
    order.putSync(number);
  },
);

/** In which order five threads had their turn. */
async function orderOfOneRound(): Promise<string> {
  const [begin, order] = [new Barrier(THREADS), new Queue<number>()];
  for (let i = 0; i < THREADS; i++) new Thread({ target: turn, args: [i, begin, order] }).start();
  const numbers: number[] = [];
  while (numbers.length < THREADS) numbers.push(await order.get());
  return numbers.join(" ");
}

if (import.meta.main) {
  if (Deno.args.includes("--orders")) {
    const orders = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) orders.add(await orderOfOneRound());
    console.log(
      `${orders.size} orders in ${ROUNDS} rounds: ${[...orders].slice(0, 3).join(", ")} …`,
    );
  } else {
    const gil = Deno.args.includes("--gil") ? new Gil() : null;
    const begin = new Barrier(THREADS);
    for (let i = 0; i < THREADS; i++) {
      const myThread = new Thread({ target: doubler, args: [i, begin, gil] });
      myThread.start();
    }
  }
}
