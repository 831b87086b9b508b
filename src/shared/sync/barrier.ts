/**
 * Parties that wait for each other, again and again, on the words of a block.
 *
 *     word      what stands there
 *     MUTEX     guards the others
 *     PARTIES   how many make a pass
 *     STATE     FILLING, ACTING or BROKEN; who comes while others act sleeps here
 *     COUNT     how many of the pass have come
 *     LINE      0 for good: the parties of the pass stand in line here
 *     PASS      the number of the pass: a party sees by it that its own is over
 *     ACTOR     the thread that runs the action, as the word of a lock names its holder
 *
 *     state     a party arrives                         a party leaves early (timeout, stop, abort)
 *     filling   not the last: waits in line             the barrier breaks: all in line are refused
 *               the last: acting
 *     acting    waits until the pass is over            its pass is complete: it waits for the action
 *     broken    BrokenBarrierError                      –
 *
 * A waiter that leaves, or whose action throws, ends its own pass only: after a `reset()` that is over, and the
 * waiters by then belong to another. A thread that ends while it runs the action breaks the barrier.
 */
import { Deadline } from "../../core/deadline.ts";
import { BrokenBarrierError } from "../../core/errors.ts";
import { add, load, store } from "../memory/words.ts";
import type { Parked } from "../parking/park.ts";
import { onAbandoned, parkedAt, REFUSED, unpark } from "../parking/parking_lot.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";
import { me } from "../thread/thread_slot.ts";
import { release, takeBriefly } from "./mutex.ts";

const MUTEX = 1, PARTIES = 2, STATE = 3, COUNT = 4, LINE = 5, PASS = 6, ACTOR = 7;
const FILLING = 0, ACTING = 1, BROKEN = 2;

/** How many words of its block it takes, behind the counts. */
export const BARRIER_SIZE = 8;

/** How a party left the line by itself. */
type Left = "timedOut" | "stopped" | "aborted" | "withdrawn";

/** The barrier in the block at an address. */
export class BarrierState {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** Says in a fresh block how many parties make a pass. */
  static init(at: number, parties: number): void {
    store(at + PARTIES, parties);
  }

  /** How many parties make a pass. */
  get parties(): number {
    return load(this.#at + PARTIES);
  }

  /** How many parties of the pass have come. */
  get arrived(): number {
    return load(this.#at + STATE) === FILLING ? load(this.#at + COUNT) : 0;
  }

  /** How many stand in line. */
  get waiting(): number {
    return parkedAt(this.#at + LINE);
  }

  /** Whether it is broken. */
  get isBroken(): boolean {
    return load(this.#at + STATE) === BROKEN;
  }

  /** Refuses the waiters and begins anew, unbroken. */
  reset(): void {
    this.#end(FILLING);
  }

  /** Refuses the waiters, and whoever comes until it is reset. */
  abort(): void {
    this.#end(BROKEN);
  }

  /**
   * Waits until all parties have come; the last one acts before the others go on.
   *
   * @returns the party's number in the pass.
   */
  *passing(what: string, bounds: Bounds, act: () => void): Waiting<number> {
    const at = this.#at;
    while (true) {
      takeBriefly(at + MUTEX);
      const state = load(at + STATE);
      if (state === FILLING) break;
      release(at + MUTEX, false);
      if (state === BROKEN) throw broken("it is broken");
      const pass = load(at + PASS);
      const how = yield { ...this.#step(bounds), at: at + STATE, expected: ACTING };
      if (how === "orphaned") this.#breakPass(pass);
      if (how === "timedOut") throw broken("the timeout passed before the pass of others was over");
      throwIfEnded(how, what, bounds);
    }
    const pass = load(at + PASS);
    const number = add(at + COUNT, 1);
    if (number === this.parties - 1) {
      this.#pass(pass, act);
      return number;
    }
    let held = true;
    let how = yield {
      ...this.#step(bounds),
      enlisted: () => {
        held = false;
        release(at + MUTEX, false);
      },
    };
    if (held) release(at + MUTEX, false); // stopped before it was in line
    if (isLeft(how)) {
      // Not chosen before it left the line; but all may have come, and only the action still run.
      how = yield* this.#stay(how, pass);
      if (how === "timedOut") throw broken("the timeout passed");
      throwIfEnded(how, what, bounds);
    }
    if (how === "orphaned") {
      this.#breakPass(pass);
      throw broken("the thread that ran the action ended");
    }
    if (how === "refused") throw broken("a party left, or it was aborted or reset");
    return number;
  }

  /** Breaks the barrier for a party that leaves, unless its pass is complete: then it waits for that. */
  *#stay(how: Left, pass: number): Waiting<"woken" | "refused" | "orphaned" | Left> {
    const at = this.#at;
    takeBriefly(at + MUTEX);
    if (load(at + PASS) !== pass) { // its pass is over; it was not chosen, so that was no success
      release(at + MUTEX, false);
      return how;
    }
    if (load(at + STATE) !== ACTING) {
      finish(this.#at, BROKEN);
      return how;
    }
    let held = true;
    const end = yield {
      ...this.#step({ deadline: Deadline.NEVER, signal: undefined }),
      unstoppable: true,
      enlisted: () => {
        held = false;
        release(at + MUTEX, false);
      },
    };
    if (held) release(at + MUTEX, false); // the thread that runs the action has ended already
    return end === "refused" || end === "orphaned" ? end : "woken";
  }

  /** The last has come, with the mutex held: acts, and lets the others go on. */
  #pass(pass: number, act: () => void): void {
    const at = this.#at;
    store(at + STATE, ACTING);
    store(at + ACTOR, me << 1);
    release(at + MUTEX, false);
    try {
      act();
    } catch (error) {
      this.#breakPass(pass);
      throw error;
    }
    takeBriefly(at + MUTEX);
    if (load(at + PASS) !== pass) { // aborted or reset meanwhile
      release(at + MUTEX, false);
      throw broken("it was aborted or reset during the action");
    }
    store(at + COUNT, 0);
    store(at + ACTOR, 0);
    store(at + STATE, FILLING);
    add(at + PASS, 1);
    unpark(at + LINE);
    unpark(at + STATE);
    release(at + MUTEX, false);
  }

  /** Breaks the barrier, unless that pass is over. */
  #breakPass(pass: number): void {
    takeBriefly(this.#at + MUTEX);
    if (load(this.#at + PASS) === pass) finish(this.#at, BROKEN);
    else release(this.#at + MUTEX, false);
  }

  #end(state: number): void {
    takeBriefly(this.#at + MUTEX);
    finish(this.#at, state);
  }

  #step(bounds: Bounds): { at: number; expected: number; kind: number; owner: number } & Bounds {
    const [at, owner] = [this.#at + LINE, this.#at + ACTOR];
    return { at, expected: 0, kind: WaitKind.barrier, owner, ...bounds };
  }
}

/** Ends the pass of the barrier at `at` without success, with the mutex held. */
function finish(at: number, state: number): void {
  store(at + COUNT, 0);
  store(at + ACTOR, 0);
  store(at + STATE, state);
  add(at + PASS, 1);
  unpark(at + LINE, Infinity, undefined, REFUSED);
  unpark(at + STATE);
  release(at + MUTEX, false);
}

// A party whose thread has ended never comes: it breaks the barrier, as one that leaves does.
onAbandoned(WaitKind.barrier, ({ at: line, owner, chosen }) => {
  const at = owner - ACTOR;
  if (chosen || line !== at + LINE) return;
  takeBriefly(at + MUTEX);
  if (load(at + STATE) === FILLING) finish(at, BROKEN);
  else release(at + MUTEX, false); // all have come
});

function isLeft(how: Parked): how is Left {
  return how === "timedOut" || how === "stopped" || how === "aborted" || how === "withdrawn";
}

function broken(why: string): BrokenBarrierError {
  return new BrokenBarrierError(`The barrier did not open: ${why}`);
}
