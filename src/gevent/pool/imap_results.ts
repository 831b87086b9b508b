import type { Greenlet } from "../greenlet/greenlet.ts";
import type { GreenletExit } from "../greenlet/greenlet_exit.ts";
import { Queue } from "../sync/greenlet_queue.ts";
import { killall } from "../greenlet/killall.ts";
import type { Wait } from "../greenlet/wait.ts";

/** How a group runs what `imap` gives it. */
export interface ImapRun<T, R> {
  /** Runs the function for one item, when there is room. */
  readonly spawn: (item: T) => Wait<Greenlet<R>>;
  /** How many results may be on their way at once. */
  readonly window: number;
  /** Whether they come in the order of the items, or as they are done. */
  readonly ordered: boolean;
  /** Those on their way, in the order of the items. */
  readonly running: Set<Greenlet<R>>;
  /** Ends all. */
  readonly end: AbortSignal;
}

/** What the next input is, once it has come. */
type Arrival<T> = { readonly next: IteratorResult<T> } | { readonly error: unknown };

/**
 * Runs a function for each input in a greenlet, and gives the results.
 *
 * Inputs may have to be waited for, as those of a queue. Results that are done are given meanwhile.
 */
export async function* imapResults<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  { spawn, window, ordered, running, end }: ImapRun<T, R>,
): AsyncGenerator<R | GreenletExit, void, undefined> {
  if (!(window >= 1)) throw new RangeError(`Cannot keep ${window} results: give 1 or more`);
  const inputs = iteratorOf(items);
  const done = new Set<Greenlet<R>>();
  const bell = new Queue<null>();
  const ring = (): void => {
    if (bell.empty()) bell.putNowait(null);
  };
  let more = true;
  let isPulling = false;
  let arrived: Arrival<T> | null = null;
  const arrive = (arrival: Arrival<T>): void => {
    arrived = arrival;
    ring();
  };
  end.addEventListener("abort", ring, { once: true });
  try {
    while (!end.aborted) {
      const arrival = arrived as Arrival<T> | null;
      if (arrival === null && more && !isPulling && running.size < window) {
        const next = inputs.next();
        if (isLater(next)) {
          isPulling = true;
          next.then((next) => arrive({ next }), (error) => arrive({ error }));
        } else arrived = { next };
        continue;
      }
      if (arrival !== null) {
        arrived = null;
        isPulling = false;
        if ("error" in arrival) throw arrival.error;
        if (arrival.next.done === true) more = false;
        else {
          const greenlet = await spawn(arrival.next.value);
          running.add(greenlet);
          greenlet.rawlink(() => (done.add(greenlet), ring()));
        }
        continue;
      }
      const [first] = ordered ? running : done;
      if (first !== undefined && done.delete(first)) {
        const value = await first.get();
        running.delete(first);
        yield value;
      } else if (!more && running.size === 0) return;
      else await bell.get();
    }
  } finally {
    end.removeEventListener("abort", ring);
    const returned = inputs.return?.();
    // One that is still asked for an input ends when it has it, and nobody waits for that.
    if (isPulling) Promise.resolve(returned).catch(() => {}); // what ended the loop is told already
    else await returned;
    await killall(running);
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return isAsync(items) ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

/** Whether the items have to be waited for. */
export function isAsync<T>(items: Iterable<T> | AsyncIterable<T>): items is AsyncIterable<T> {
  return typeof (items as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] === "function";
}

function isLater<T>(
  next: IteratorResult<T> | Promise<IteratorResult<T>>,
): next is Promise<IteratorResult<T>> {
  return typeof (next as Promise<unknown>).then === "function";
}
