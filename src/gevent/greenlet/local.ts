import { checkFunction } from "../../core/check.ts";
import { runningTask } from "./greenlet_task.ts";

/**
 * A value of each greenlet's own, which goes when the greenlet goes.
 *
 * The main program has one of its own too.
 *
 * Not like gevent: one value behind `value`, not any number of attributes; make it an object for more.
 *
 * Source: `gevent.local.local`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Local, spawn } from "@quartet/concurrency/gevent";
 *
 * const seen = new Local(() => [] as string[]);
 * seen.value.push("main");
 * const other = spawn(() => {
 *   seen.value.push("greenlet");
 *   return seen.value;
 * });
 * assertEquals(await other.get(), ["greenlet"]);
 * assertEquals(seen.value, ["main"]);
 * ```
 */
export class Local<T> {
  readonly #values = new WeakMap<object, { value: T }>();
  readonly #initial: (() => T) | null;

  /**
   * A value for each greenlet.
   *
   * @param initial makes the value of a greenlet that asks before it sets one.
   */
  constructor(initial?: () => T) {
    if (initial !== undefined) checkFunction(initial, "initial");
    this.#initial = initial ?? null;
  }

  /** The value of the greenlet that asks; `undefined` when there is none. */
  get value(): T {
    const own = this.#values.get(owner());
    if (own !== undefined) return own.value;
    if (this.#initial === null) return undefined as T;
    return this.value = this.#initial();
  }
  set value(value: T) {
    this.#values.set(owner(), { value });
  }

  /** Takes the value of the greenlet that asks away. */
  delete(): void {
    this.#values.delete(owner());
  }
}

const main = {};

function owner(): object {
  return runningTask() ?? main;
}
