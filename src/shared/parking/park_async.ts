/** `parkLater`: to wait in the parking lot while the event loop goes on. */
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { offAbort, onAbort } from "../../core/abort.ts";
import { addLiveSource } from "../../core/parts.ts";
import { perturbation } from "../../core/perturbation.ts";
import { allocate, free } from "../memory/heap.ts";
import { refProcess, unrefProcess } from "./keep_alive.ts";
import { join, type Parked, type ParkOptions } from "./park.ts";
import { futexWaitAsync, futexWake } from "./futex.ts";
import { delist, NODE, setWakeAtHome, verdictOf } from "./parking_lot.ts";
import { currentEpoch, stopAsked } from "../thread/stop_word.ts";
import { me, myThread, SLOT, slotOf } from "../thread/thread_slot.ts";
import { load, store, wordView } from "../memory/words.ts";
import { waitName } from "./wait_kind.ts";

const pending = new Map<number, AsyncPark>();

addLiveSource("park", function* (): Generator<string> {
  for (const node of pending.keys()) yield waitName(wordView()[node + NODE.kind]!);
});

/** How many waits at each word were woken by this thread and have not looked yet. */
const woken = new Map<number, number>();

// What is woken by its own thread looks in the next microtask, not in a turn of the platform's.
setWakeAtHome((node) => pending.get(node)?.wokenHere());

function countWoken(at: number, more: number): void {
  const count = (woken.get(at) ?? 0) + more;
  if (count === 0) woken.delete(at);
  else woken.set(at, count);
}

/** How many waits of this thread at `at` were woken by this thread and are about to look. */
export function aboutToLook(at: number): number {
  return woken.size === 0 ? 0 : woken.get(at) ?? 0;
}

/**
 * Waits while the word at `at` is `expected`, until it is chosen or the options end it.
 *
 * @param ended called with how it ended, perhaps before this returns.
 * @returns the wait; or how it ended, if it did not begin: then `ended` is not called.
 */
export function parkLater(
  at: number,
  expected: number,
  options: ParkOptions,
  ended: (how: Parked) => void,
): AsyncPark | Parked {
  if (options.signal?.aborted) return "aborted";
  if (options.unstoppable !== true && stopAsked()) return "stopped";
  const node = allocate(NODE.size);
  const early = join(node, at, expected, options);
  if (early !== undefined) {
    free(node, NODE.size);
    return early;
  }
  return new AsyncPark(node, options, ended);
}

/** One wait of this thread's event loop. */
export class AsyncPark {
  readonly node: number;
  stoppable: boolean;
  /** The epoch of the work that waits: a stop of another one does not end it. */
  readonly epoch: number = currentEpoch();
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (outcome: Parked) => void;
  #timer: ClockTimer | null = null;
  #ended = false;
  /** The word at which it was woken by its own thread, until it looks; 0: none. */
  #wokenAt = 0;

  constructor(node: number, options: ParkOptions, resolve: (outcome: Parked) => void) {
    this.node = node;
    this.stoppable = options.unstoppable !== true;
    this.#signal = options.signal;
    this.#resolve = resolve;
    pending.set(node, this);
    link(node);
    refProcess();
    options.enlisted?.();
    onAbort(this.#signal, this.#onAbort);
    const left = options.deadline?.remaining() ?? Infinity;
    if (left !== Infinity) this.#timer = setTimer(() => this.leave("timedOut"), left);
    if (this.stoppable) watchStopWord();
    this.#sleep();
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Ends the wait with `outcome`, unless it was chosen before: then that counts. */
  leave(outcome: Parked): void {
    if (this.#ended) return;
    this.stoppable = false; // once is enough: if it was chosen, the wake-up is on its way
    if (delist(this.node)) this.#end(outcome);
    else this.look();
  }

  /** Has it look in the next microtask: its own thread has woken it. */
  wokenHere(): void {
    // Others stand in line behind it only while it is going to take something: one that is turned away does not.
    if (verdictOf(load(this.node + NODE.signal)) === "woken") {
      this.#wokenAt = wordView()[this.node + NODE.address]!;
      countWoken(this.#wokenAt, 1);
    }
    queueMicrotask(() => this.look());
  }

  readonly #onAbort = (): void => this.leave("aborted");

  #sleep(): void {
    const signal = load(this.node + NODE.signal);
    if (verdictOf(signal) !== undefined) return this.look();
    const sleep = futexWaitAsync(this.node + NODE.signal, signal);
    if (sleep === null) this.#sleep();
    else sleep.then(() => this.look());
  }

  /** Ends the wait if it was chosen, else sleeps on. */
  look(): void {
    if (this.#ended) return;
    const verdict = verdictOf(load(this.node + NODE.signal));
    if (verdict === undefined) this.#sleep();
    else this.#end(verdict);
  }

  #end(outcome: Parked): void {
    this.#ended = true;
    if (this.#wokenAt !== 0) countWoken(this.#wokenAt, -1);
    this.#timer?.cancel();
    offAbort(this.#signal, this.#onAbort);
    pending.delete(this.node);
    unrefProcess();
    unlink(this.node);
    futexWake(this.node + NODE.signal); // takes the sleep itself back, before the node serves another wait
    free(this.node, NODE.size);
    perturbation.by?.stall();
    this.#resolve(outcome);
  }
}

let watching = false;

/** Ends this thread's asynchronous waits when it is asked to stop. One sleep serves all of them. */
function watchStopWord(): void {
  if (watching) return;
  const word = slotOf(myThread()) + SLOT.stop;
  const sleep = futexWaitAsync(word, load(word));
  if (sleep === null) return endStopped();
  watching = true;
  sleep.then(onStopWord);
  if (isStopAsked()) queueMicrotask(endStopped); // asked just before the sleep began
}

function isStopAsked(): boolean {
  for (const each of pending.values()) if (stopAsked(each.epoch)) return true;
  return false;
}

function onStopWord(): void {
  watching = false;
  endStopped();
}

function endStopped(): void {
  for (const each of [...pending.values()]) {
    if (each.stoppable && stopAsked(each.epoch)) each.leave("stopped");
  }
  for (const each of pending.values()) if (each.stoppable) return watchStopWord();
}

/** Chains the node to its thread's slot, so that it is found when the thread ends without a word. */
function link(node: number): void {
  const words = wordView();
  const head = slotOf(me) + SLOT.waits;
  const first = load(head);
  words[node + NODE.earlier] = 0;
  words[node + NODE.later] = first;
  if (first !== 0) words[first + NODE.earlier] = node;
  store(head, node);
}

function unlink(node: number): void {
  const words = wordView();
  const [earlier, later] = [words[node + NODE.earlier]!, words[node + NODE.later]!];
  if (later !== 0) words[later + NODE.earlier] = earlier;
  if (earlier !== 0) words[earlier + NODE.later] = later;
  else store(slotOf(me) + SLOT.waits, later);
}
