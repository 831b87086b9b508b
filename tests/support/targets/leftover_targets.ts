/** Targets that leave an item behind with something of theirs in it, and one that gets it. */
import { type Connection, Lock, Pipe, portable, Queue } from "@quartet/concurrency/multiprocessing";

/** An item, with something shared in it. */
interface Leftover {
  readonly n: number;
  readonly shared: unknown;
}

export const leftovers = portable(import.meta, {
  async queue(line: Queue<Leftover>): Promise<void> {
    await line.put({ n: 1, shared: new Queue<number>() });
  },
  async lock(line: Queue<Leftover>): Promise<void> {
    await line.put({ n: 1, shared: new Lock() });
  },
  async connection(line: Queue<Leftover>): Promise<void> {
    await line.put({ n: 1, shared: Pipe<number>()[0] });
  },
});

/** Gets an item and uses what is in it; returns the item's number, and how the use failed. */
export const useLeftover = portable(
  import.meta,
  async function useLeftover(line: Queue<Leftover>): Promise<[number, string]> {
    const { n, shared } = await line.get();
    const use = shared instanceof Queue
      ? shared.get()
      : shared instanceof Lock
      ? shared.acquire()
      : (shared as Connection<number>).recv();
    return [n, await use.then(() => "it did not fail", (error) => error.name)];
  },
);
