/** Shared memory used up to its end, and given back: each part prints a line that the test expects. */
import { Queue } from "@quartet/concurrency/queue";
import { Event, Lock, portable, SharedArray, Thread } from "@quartet/concurrency/threading";

const MIB = 2 ** 20, GIB = 2 ** 30;

const targets = portable(import.meta, {
  fill(array: SharedArray<"u8">, queue: Queue<number>, ready: Event): void {
    array.set(array.length - 1, 42);
    ready.set();
    queue.putSync(queue.getSync() + 1);
  },
  touch(array: SharedArray<"u8">, ready: Event, go: Event): string {
    ready.set();
    go.waitSync();
    return failure(() => array.get(0));
  },
});

const parts: Record<string, () => Promise<void>> = {
  /** What lies behind 2 and 3 GiB works as what lies before. */
  async far() {
    const below = new SharedArray(2 * GIB + 4096, "u8");
    const above = new SharedArray(1 * GIB, "u8");
    const queue = new Queue<number>(); // its words and items lie behind 3 GiB
    const [ready, lock] = [new Event(), new Lock()];
    const thread = new Thread({ target: targets.fill, args: [above, queue, ready] }).start();
    ready.waitSync();
    queue.putSync(7);
    await thread.result;
    below.view[below.length - 1] = 5;
    console.log(above.get(GIB - 1), queue.getSync(), below.get(below.length - 1), above.get(0));
    {
      using _held = lock.acquireSync();
      console.log(await lock.acquire({ timeout: 1 }));
    }
    for (let i = 0; i < 1000; i++) queue.tryPut(i); // the ring goes round there
    console.log(queue.qsize(), await queue.get());
  },
  /** More than there is room for is refused, naming it, and nothing is lost by that. */
  async refused() {
    console.log(failure(() => new SharedArray(2 ** 32 + 100)));
    console.log(failure(() => new SharedArray(GIB, "f64")));
    using _most = new SharedArray(3.5 * GIB, "u8");
    console.log(failure(() => new SharedArray(GIB, "u8")));
    using small = new SharedArray([1, 2, 3]);
    console.log(small.get(2), await new Queue<string>().put("works").then(() => "works"));
  },
  /** `using` gives the room back at once, also in one go without an await. */
  async using() {
    using most = new SharedArray(3500 * MIB, "u8"); // fresh memory costs nothing, used memory is emptied
    for (let i = 0; i < 12; i++) {
      using array = new SharedArray(150 * MIB, "u8");
      if (array.get(i) !== 0) throw new Error("not zeroed");
      array.set(i + 1, 9);
    }
    const three = [1, 2, 3].map(() => new SharedArray(150 * MIB, "u8"));
    for (const i of [0, 2, 1]) three[i]!.dispose(); // the runs become one again
    using all = new SharedArray(450 * MIB, "u8");
    console.log(most.length + all.length, await Promise.resolve("given back"));
  },
  /** What nobody refers to is given back when the room is short, without a word from the program. */
  async forgotten() {
    for (let i = 0; i < 14; i++) {
      new SharedArray(400 * MIB, "u8").set(0, 1);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    console.log("forgotten");
  },
  /** After `dispose()` every thread is told so. */
  async disposed() {
    const array = new SharedArray(100 * MIB, "u8");
    const [ready, go] = [new Event(), new Event()];
    const thread = new Thread({ target: targets.touch, args: [array, ready, go] }).start();
    ready.waitSync();
    array.dispose();
    array.dispose();
    go.set();
    console.log(await thread.result);
    console.log(failure(() => array.set(0, 1)) === failure(() => array.view));
    console.log(failure(() => new Queue<unknown>().putSync(array)));
    console.log(array.statistics());
  },
};

function failure(fn: () => unknown): string {
  try {
    return `no error: ${fn()}`;
  } catch (error) {
    return String(error);
  }
}

if (import.meta.main) await parts[Deno.args[0]!]!();
