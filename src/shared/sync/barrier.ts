/**
 * Parties that wait for each other, again and again, on the words of a block.
 *
 *     word      what stands there
 *     MUTEX     guards the others
 *     PARTIES   how many make a pass
 *     STATE     FILLING, ACTING or BROKEN; who comes while others act sleeps here
 *     COUNT     how many of the pass have come and wait for the last, which is not counted
 *     LINE      0 for good: the parties of the pass stand in line here
 *     PASS      the number of the pass: a party sees by it that its own is over
 *     ACTOR     the party that runs the action or ends the pass, as the word of a lock names its holder
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
import { type Memory, onAbandoned } from "../memory/memory.ts";
import type { Parked } from "../parking/park.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";
import { release, takeBriefly } from "./mutex.ts";

const MUTEX = 1, PARTIES = 2, STATE = 3, COUNT = 4, LINE = 5, PASS = 6, ACTOR = 7;
const FILLING = 0, ACTING = 1, BROKEN = 2;

/** How many words of its block it takes, behind the counts. */
export const BARRIER_SIZE = 8;

/** How a party left the line by itself. */
type Left = "timedOut" | "stopped" | "aborted" | "withdrawn";

/** The barrier in the block at an address. */
export class BarrierState {
  readonly #memory: Memory;
  readonly #at: number;

  constructor(memory: Memory, at: number) {
    this.#memory = memory;
    this.#at = at;
  }

  /** Says in a fresh block how many parties make a pass. */
  static init(memory: Memory, at: number, parties: number): void {
    memory.store(at + PARTIES, parties);
  }

  /** How many parties make a pass. */
  get parties(): number {
    return this.#memory.load(this.#at + PARTIES);
  }

  /** How many parties of the pass have come. */
  get arrived(): number {
    return this.#memory.load(this.#at + STATE) === FILLING
      ? this.#memory.load(this.#at + COUNT)
      : 0;
  }

  /** How many stand in line. */
  get waiting(): number {
    return this.#memory.parkedAt(this.#at + LINE);
  }

  /** Whether it is broken. */
  get isBroken(): boolean {
    return this.#memory.load(this.#at + STATE) === BROKEN;
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
    const memory = this.#memory, at = this.#at;
    while (true) {
      this.#enter();
      const state = memory.load(at + STATE);
      if (state === FILLING) break;
      release(memory, at + MUTEX, false);
      if (state === BROKEN) throw broken("it is broken");
      const pass = memory.load(at + PASS);
      const how = yield { ...this.#step(bounds), at: at + STATE, expected: ACTING };
      if (how === "orphaned") this.#breakPass(pass);
      if (how === "timedOut") throw broken("the timeout passed before the pass of others was over");
      throwIfEnded(how, what, bounds);
    }
    const pass = memory.load(at + PASS);
    const number = memory.load(at + COUNT);
    if (number === this.parties - 1) {
      // It is not counted: should it die before it has said that it acts, another can come in its place.
      this.#pass(pass, act);
      return number;
    }
    memory.store(at + COUNT, number + 1);
    let held = true;
    let how = yield {
      ...this.#step(bounds),
      enlisted: () => {
        held = false;
        release(memory, at + MUTEX, false);
      },
    };
    if (held) release(memory, at + MUTEX, false); // stopped before it was in line
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
    const memory = this.#memory, at = this.#at;
    this.#enter();
    if (memory.load(at + PASS) !== pass) { // its pass is over; it was not chosen, so that was no success
      release(memory, at + MUTEX, false);
      return how;
    }
    if (memory.load(at + STATE) !== ACTING) {
      finish(memory, at, BROKEN);
      return how;
    }
    let held = true;
    const end = yield {
      ...this.#step({ deadline: Deadline.NEVER, signal: undefined }),
      unstoppable: true,
      enlisted: () => {
        held = false;
        release(memory, at + MUTEX, false);
      },
    };
    if (held) release(memory, at + MUTEX, false); // the thread that runs the action has ended already
    return end === "refused" || end === "orphaned" ? end : "woken";
  }

  /** The last has come, with the mutex held: acts, and lets the others go on. */
  #pass(pass: number, act: () => void): void {
    const memory = this.#memory, at = this.#at;
    memory.store(at + ACTOR, memory.me << 1);
    memory.store(at + STATE, ACTING);
    release(memory, at + MUTEX, false);
    try {
      act();
    } catch (error) {
      this.#breakPass(pass);
      throw error;
    }
    this.#enter();
    if (memory.load(at + PASS) !== pass) { // aborted or reset meanwhile
      release(memory, at + MUTEX, false);
      throw broken("it was aborted or reset during the action");
    }
    memory.store(at + COUNT, 0);
    memory.store(at + STATE, FILLING);
    memory.add(at + PASS, 1);
    memory.unpark(at + LINE);
    memory.unpark(at + STATE);
    memory.store(at + ACTOR, 0);
    release(memory, at + MUTEX, false);
  }

  /** Breaks the barrier, unless that pass is over. */
  #breakPass(pass: number): void {
    this.#enter();
    if (this.#memory.load(this.#at + PASS) === pass) finish(this.#memory, this.#at, BROKEN);
    else release(this.#memory, this.#at + MUTEX, false);
  }

  #end(state: number): void {
    this.#enter();
    finish(this.#memory, this.#at, state);
  }

  /** Takes the mutex. Of a party that died with it nobody knows what it had done, so that pass ends. */
  #enter(): void {
    enter(this.#memory, this.#at);
  }

  #step(bounds: Bounds): { at: number; expected: number; kind: number; owner: number } & Bounds {
    const [at, owner] = [this.#at + LINE, this.#at + ACTOR];
    return { at, expected: 0, kind: WaitKind.barrier, owner, ...bounds };
  }
}

function enter(memory: Memory, at: number): void {
  takeBriefly(memory, at + MUTEX, () => endPass(memory, at, BROKEN));
}

/** Ends the pass of the barrier at `at` without success, with the mutex held, and lets that go. */
function finish(memory: Memory, at: number, state: number): void {
  endPass(memory, at, state);
  release(memory, at + MUTEX, false);
}

function endPass(memory: Memory, at: number, state: number): void {
  memory.store(at + ACTOR, memory.me << 1); // until all are told: should this one die, they see it
  memory.store(at + COUNT, 0);
  memory.store(at + STATE, state);
  memory.add(at + PASS, 1);
  memory.unpark(at + LINE, Infinity, undefined, "refused");
  memory.unpark(at + STATE);
  memory.store(at + ACTOR, 0);
}

// A party whose thread has ended never comes: it breaks the barrier, as one that leaves does.
onAbandoned(WaitKind.barrier, (memory, { at: line, owner, chosen }) => {
  const at = owner - ACTOR;
  if (chosen || line !== at + LINE) return;
  enter(memory, at);
  if (memory.load(at + STATE) === FILLING) finish(memory, at, BROKEN);
  else release(memory, at + MUTEX, false); // all have come
});

function isLeft(how: Parked): how is Left {
  return how === "timedOut" || how === "stopped" || how === "aborted" || how === "withdrawn";
}

function broken(why: string): BrokenBarrierError {
  return new BrokenBarrierError(`The barrier did not open: ${why}`);
}
