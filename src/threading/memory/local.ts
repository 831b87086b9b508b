import { show } from "../../core/check.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { me } from "../../shared/thread/thread_slot.ts";
import { onNextThread } from "../../core/parts.ts";

/** Words of its block: counts alone; each thread keeps its value in its own memory. */
const SIZE = 1;
const KIND = "threading.Local";

/**
 * A value that each thread has for itself.
 *
 * - What one thread sets, no other sees. A thread that has set nothing gets what `initial` makes, once, or
 *   `undefined`.
 * - Anything can be kept; nothing is copied.
 * - A `Local` of a module that several threads import is in each of them a local of its own already; pass
 *   one to a thread when both should mean the same name.
 * - Values go when their thread ends.
 *
 * Source: Python's `threading.local`. Not like Python: one value instead of attributes; keep an object in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Local } from "@quartet/concurrency/threading";
 *
 * const visits = new Local(() => 0);
 * visits.value = visits.value! + 1;
 * assertEquals(visits.get(), 1);
 * ```
 */
export class Local<T> {
  readonly #at: number;
  readonly #initial: (() => T) | undefined;
  #kept: { readonly value: T; readonly thread: number } | null = null;

  /**
   * A local that no thread has set.
   *
   * @param initial makes the first value of each thread; on a thread to which the local was passed there is none.
   */
  constructor(initial?: () => T) {
    if (initial !== undefined && typeof initial !== "function") {
      throw new TypeError(`Cannot make first values by ${show(initial)}: pass a function`);
    }
    this.#at = settle(this, new.target, SIZE);
    this.#initial = initial;
  }

  /** This thread's value. */
  get(): T | undefined {
    if (!this.has() && this.#initial !== undefined) this.set(this.#initial());
    return this.has() ? this.#kept!.value : undefined;
  }

  /** Sets this thread's value. */
  set(value: T): void {
    this.#kept = { value, thread: me };
  }

  /** Whether this thread has a value. */
  has(): boolean {
    return this.#kept !== null && this.#kept.thread === me; // its worker may serve another thread by now
  }

  /** Takes this thread's value away; returns whether there was one. */
  delete(): boolean {
    const had = this.has();
    this.#kept = null;
    return had;
  }

  /** This thread's value, as a property. */
  get value(): T | undefined {
    return this.get();
  }

  set value(value: T) {
    this.set(value);
  }

  /** Whether this thread has a value. */
  statistics(): LocalStatistics {
    return Object.freeze({ isSet: this.has() });
  }

  /** How it crosses to another thread: without a value. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }
}

/** What anyone can know of a `Local`. */
export interface LocalStatistics {
  /** Whether the calling thread has a value. */
  readonly isSet: boolean;
}

noteKind<number>(KIND, (at) => {
  const local = arrive({ at }, Local);
  keptAlive.add(local); // a value must outlast the moments in which only the other side knows the local
  return local;
});

const keptAlive = new Set<Local<unknown>>();

onNextThread(() => {
  for (const local of keptAlive) local.delete();
  keptAlive.clear();
});
