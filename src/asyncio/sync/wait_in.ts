import type { WaitOptions } from "../../core/deadline.ts";
import type { Granter, Waiter } from "../../sync/waiter.ts";
import type { LoopBinding } from "../loop/loop_binding.ts";
import { current } from "../loop/running_loop.ts";
import { type Eventual, failed } from "../task/eventual.ts";
import { LoopWaiter } from "./loop_waiter.ts";
import { PromisedWaiter } from "./promised_waiter.ts";

/** A primitive that takes waiters into a line. */
export interface Line<T, B> extends Granter<T> {
  /** Takes the waiter in. */
  enqueue(waiter: Waiter<T, B>): void;
}

/** Makes a waiter of the code that runs here; the primitive takes it into its line, and then it begins to wait. */
export function makeWaiter<T, B = unknown>(granter: Granter<T>, brought: B): LoopWaiter<T, B> {
  return current.generator
    ? new LoopWaiter(granter, brought)
    : new PromisedWaiter(granter, brought);
}

/**
 * Makes a waiter for the caller, in `line`.
 *
 * @param brought what the waiter brings along.
 * @param options bounds the wait; an aborted signal or a passed time end it at once.
 * @param binding the loop that the primitive belongs to; waiting in another one fails.
 */
export function waitIn<T, B>(
  line: Line<T, B>,
  brought: B,
  options?: WaitOptions,
  binding?: LoopBinding,
): Eventual<T> {
  const waiter = makeWaiter<T, B>(line, brought);
  try {
    binding?.check(waiter.loop);
    line.enqueue(waiter);
  } catch (error) {
    return failed(error);
  }
  return waiter.wait(options);
}
