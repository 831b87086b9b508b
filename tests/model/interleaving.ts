/**
 * Tries every order in which a few threads can take their steps.
 *
 * A thread is a generator over one shared state; each `yield` is a place where another may go on. What is
 * modelled is the protocol of a state table, one atomic operation for each step; parking is a step that
 * can only be taken while somebody has chosen the thread.
 *
 * With three threads and more the orders are too many. Then those are tried in which a thread that could go
 * on is interrupted at most `preemptions` times: nearly every mistake shows with two or three.
 * Source: M. Musuvathi, S. Qadeer, "Iterative Context Bounding" (2007).
 */

/** A model's thread: yields before each atomic step; `wait(() => …)` holds it back until that is true. */
export type Steps<S> = (
  state: S,
  wait: (until: () => boolean) => Wait,
) => Generator<Wait | void, void, void>;

/** A step that can only be taken once its condition holds. */
export interface Wait {
  readonly until: () => boolean;
}

/** Runs the threads in every order; returns how many orders there were. `check` is called after each step. */
export function everyOrder<S>(
  make: () => S,
  threads: readonly Steps<S>[],
  check: (state: S) => void,
  atEnd: (state: S) => void,
  preemptions = Infinity,
): number {
  let orders = 0;
  /** The choices of one run: which of those that could go on went on. */
  const path: { chosen: number; of: number }[] = [];
  while (true) {
    run(make(), threads, path, check, atEnd, preemptions);
    orders++;
    while (path.length > 0 && path.at(-1)!.chosen === path.at(-1)!.of - 1) path.pop();
    if (path.length === 0) return orders;
    path.at(-1)!.chosen++;
  }
}

function run<S>(
  state: S,
  threads: readonly Steps<S>[],
  path: { chosen: number; of: number }[],
  check: (state: S) => void,
  atEnd: (state: S) => void,
  preemptions: number,
): void {
  const wait = (until: () => boolean): Wait => ({ until });
  const running = threads.map((thread, i) => ({
    i,
    steps: thread(state, wait),
    next: undefined as Wait | void,
    done: false,
  }));
  const trail: number[] = [];
  let left = preemptions;
  for (let depth = 0;; depth++) {
    const ready = running.filter(({ done, next }) => !done && (next === undefined || next.until()));
    if (ready.length === 0) {
      if (running.some(({ done }) => !done)) {
        throw new Error(`stuck after ${trail.join(" ")}: ${JSON.stringify(state)}`);
      }
      atEnd(state);
      return;
    }
    // The one that ran last goes first, so that going on is the first choice and costs nothing.
    const last = ready.findIndex(({ i }) => i === trail.at(-1));
    if (last > 0) ready.unshift(...ready.splice(last, 1));
    const of = last >= 0 && left === 0 ? 1 : ready.length;
    if (depth === path.length) path.push({ chosen: 0, of });
    const thread = ready[path[depth]!.chosen]!;
    if (last >= 0 && path[depth]!.chosen > 0) left--;
    trail.push(thread.i);
    const { done, value } = thread.steps.next();
    thread.done = done === true;
    thread.next = value;
    try {
      check(state);
    } catch (error) {
      throw new Error(`wrong after ${trail.join(" ")}: ${JSON.stringify(state)}`, { cause: error });
    }
  }
}
