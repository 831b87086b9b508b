import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import { Heap } from "../../core/collections/heap.ts";
import type { Timed } from "./handles.ts";

/** How early, in milliseconds, a timer may come for it still to count as due: rounding, no more. */
const TOLERANCE = 1e-6;

/** From how many cancelled timers on the queue is swept, when they are the larger half. */
const SWEEP_FROM = 100;

/**
 * What a loop is to call at its time, by time and then by the order of asking.
 *
 * One timer of the platform stands for all: it is set for the first that is due. Cancelled ones stay in
 * the heap until their time, unless they become the larger part of it.
 */
export class TimerQueue {
  readonly #heap = new Heap<Timed>((a, b) =>
    a.when() < b.when() || (a.when() === b.when() && a.order < b.order)
  );
  readonly #onDue: () => void;
  #cancelled = 0;
  #order = 0;
  #timer: ClockTimer | null = null;
  #armedFor = Infinity;
  /** Whether the platform's timer follows: between the passes of a loop that runs. */
  #following = false;

  /** @param onDue called when the first may be due. */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** How many are to come. */
  get size(): number {
    return this.#heap.size - this.#cancelled;
  }

  /** Adds one, after all those that are due at the same moment, and returns it. */
  add<T extends Timed>(timed: T): T {
    if (timed.when() === Infinity) return timed;
    timed.order = this.#order++;
    timed.queue = this;
    this.#heap.push(timed);
    if (this.#following) this.#arm();
    return timed;
  }

  /** Counts a cancelled call; sweeps when there are many. */
  noteCancelled(): void {
    this.#cancelled++;
    if (this.#cancelled >= SWEEP_FROM && this.#cancelled * 2 >= this.#heap.size) {
      this.#heap.retain((timed) => !timed.cancelled());
      this.#cancelled = 0;
    }
    if (this.#following) this.#arm();
  }

  /** Takes out what is due, in order. */
  *due(): IterableIterator<Timed> {
    this.#dropCancelled();
    if (this.#heap.size === 0) return;
    const end = now() + TOLERANCE;
    for (let timed = this.#heap.peek(); timed !== undefined; timed = this.#heap.peek()) {
      if (timed.when() > end) return;
      this.#heap.pop();
      timed.queue = null;
      if (timed.cancelled()) this.#cancelled--;
      else yield timed;
    }
  }

  /** Lets the platform's timer be: a pass begins, which ends with `resume` or `disarm`. */
  pause(): void {
    this.#following = false;
  }

  /** Keeps the platform's timer set for the first that is due, from now on. */
  resume(): void {
    this.#following = true;
    this.#arm();
  }

  /** Takes the platform's timer back: the loop does not run. */
  disarm(): void {
    this.#following = false;
    this.#cancelTimer();
  }

  /** Forgets all. */
  clear(): void {
    this.disarm();
    this.#heap.clear();
    this.#cancelled = 0;
  }

  #arm(): void {
    this.#dropCancelled();
    const when = this.#heap.peek()?.when() ?? Infinity;
    if (when === this.#armedFor) return;
    this.#cancelTimer();
    if (when === Infinity) return;
    this.#armedFor = when;
    this.#timer = setTimer(() => {
      this.#timer = null;
      this.#armedFor = Infinity;
      this.#onDue();
    }, Math.max(0, when - now()));
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#armedFor = Infinity;
  }

  #dropCancelled(): void {
    while (this.#heap.peek()?.cancelled()) {
      this.#heap.pop();
      this.#cancelled--;
    }
  }
}
