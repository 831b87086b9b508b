import { checkOptions, show, toName } from "../../core/check.ts";
import { constructFor, subjectOf } from "../../core/construct_for.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError, StoppedError } from "../../core/errors.ts";
import { onNextThread } from "../../core/parts.ts";
import { store } from "../../shared/memory/words.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { block, type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { announceEnd, stopError } from "../../shared/thread/stop_word.ts";
import {
  isDaemon,
  isRunning,
  mainIdentity,
  me,
  myThread,
  nextThreadNumber,
  renameThread,
  SLOT,
  slotOf,
  threadName,
} from "../../shared/thread/thread_slot.ts";
import { type AnyFunction, type Target, targetOf } from "../../wire/codec/portable.ts";
import type { Call } from "../../wire/rpc/call.ts";
import { Controller } from "../../wire/rpc/controller.ts";
import { excepthook } from "./excepthook.ts";
import { joining, shortly } from "./joining.ts";
import { waitAtEnd } from "./thread_end.ts";
import { type Ended, ThreadOutcome } from "./thread_outcome.ts";
import { WorkerTransport } from "./worker_transport.ts";

/** What a thread is made with. */
export interface ThreadOptions<A extends readonly unknown[], R> {
  /** What it runs: a portable function, or one that needs nothing around it. */
  readonly target: (...args: A) => R;
  /** What the target is called with; copied, but for locks, queues and the like, which stay themselves. */
  readonly args?: A;
  /** Default: `Thread-N (target's name)`. A number becomes text. */
  readonly name?: string;
  /** Whether the end of the main thread ends it too. Default: as the thread that makes it. */
  readonly daemon?: boolean;
  /**
   * Whether it gets a worker of its own, new and used by no other thread before or after it. Default: `false`.
   *
   * Give `true` to a target that leaves a pending `Atomics.waitAsync` of its own, on memory that others write: the platform
   * shows it to nobody, so the worker is kept, and what waits goes on in the time of a later thread.
   */
  readonly fresh?: boolean;
}

/** The one call that a thread is for. */
const CALL = 0;

/** The threads that were started here, until they end, so that each stays one object. */
const started = new Map<number, AnyThread>();

onNextThread(() => started.clear());

/**
 * A function that runs on a thread of its own.
 *
 * - `start()` once; then `result` is a promise of what the target returns, and `join()` or `joinSync()`
 *   wait for the end. Many may join, from any thread.
 * - A thread cannot be killed. `stop()` asks: whatever it waits for ends with `StoppedError`, `checkpoint()`
 *   throws it, `currentSignal()` aborts. One that neither waits nor looks goes on.
 * - An error that nobody awaits goes to {@link excepthook}.
 * - A thread ends when its target has returned, and when the threads that it started itself have ended.
 * - A thread that runs out of memory ends the whole program: the platform knows no limit for one thread. Work that may need
 *   too much belongs into a process (`multiprocessing.Process`, `ProcessPoolExecutor`), which fails alone.
 * - The program ends when all threads have, but for daemons, which end with it.
 * - One that ends by itself and leaves nothing running leaves its Web Worker to the next, for ten seconds: that one starts
 *   at once, and finds modules as they are. What belongs to a thread (name, `Local`s, loop, hooks) it does not find.
 *   `fresh: true` asks for a new worker: see {@link ThreadOptions.fresh} for what cannot be seen to run still.
 * - Modules of `--preload` run in each thread first, where this program may read its own command line (Linux, all
 *   permissions): the platform runs them in the main thread only.
 * - The target is found by importing its module on the other side, so a script that starts threads must do
 *   so under `if (import.meta.main)`.
 *
 * Source: Python's `threading.Thread`. Not like Python: there is a `result`; `stop()` exists; the target is
 * portable instead of a closure; threads run in parallel, there is no global lock (see `Gil`).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Thread } from "@quartet/concurrency/threading";
 *
 * const thread = new Thread({
 *   target: function sum(a: number, b: number) {
 *     return a + b;
 *   },
 *   args: [20, 22],
 * });
 * assertEquals(await thread.start().result, 42);
 * ```
 */
export class Thread<A extends readonly unknown[] = unknown[], R = unknown> {
  readonly #fn: AnyFunction | null = null;
  readonly #target: Target | null = null;
  readonly #args: readonly unknown[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #id: number | null = null;
  #name = "";
  #daemon = false;
  #fresh = false;
  #transport: WorkerTransport | null = null;
  #controller: Controller | null = null;
  readonly #outcome = new ThreadOutcome();
  #asked = false;

  /**
   * A thread that has not started.
   *
   * @throws {TypeError} if the target is no function, the arguments are no array, or the name is neither text nor a number.
   * @throws {TransferError} if the target can never cross: it is built in, bound or a class.
   */
  constructor(options: ThreadOptions<A, R>) {
    const running = subjectOf<number>(new.target);
    if (running !== undefined) {
      this.#id = running;
      return;
    }
    checkOptions(options, "new Thread()", "target: work");
    if (typeof options.target !== "function") {
      throw new TypeError(
        `Cannot make a thread of ${show(options.target)}: pass { target: function }`,
      );
    }
    if (options.args !== undefined && !Array.isArray(options.args)) {
      throw new TypeError(
        `Cannot call the target with ${show(options.args)}: args must be an array`,
      );
    }
    const name = options.name === undefined ? undefined : toName(options.name);
    this.#fn = options.target as unknown as AnyFunction;
    this.#target = targetOf(this.#fn);
    this.#args = options.args ?? [];
    this.#name = name ?? `Thread-${nextThreadNumber()} (${this.#target.name})`;
    this.#daemon = options.daemon ?? isDaemon(myThread());
    this.#fresh = options.fresh ?? false;
  }

  /**
   * Starts it.
   *
   * @throws {InvalidStateError} the second time; and while this side imports the module that it was told to run.
   * @throws {TransferError} if an argument cannot cross; it has not started then.
   */
  start(): this {
    if (this.#id !== null) {
      throw new InvalidStateError(
        `Cannot start thread ${JSON.stringify(this.name)} again: threads can only be started once`,
      );
    }
    const transport = new WorkerTransport(this.#name, this.#fresh);
    const controller = new Controller(transport, { name: this.#name, concurrency: 1 });
    controller.ready.addDoneCallback(() => controller.ready.exception()); // an early end is told by the outcome
    try {
      controller.run(this.#call());
    } catch (error) {
      transport.close();
      announceEnd(transport.thread); // it counts as a thread no more, however long its worker takes to go
      throw error;
    }
    this.#controller = controller;
    this.#id = transport.thread;
    store(slotOf(this.#id) + SLOT.daemon, this.#daemon ? 1 : 0);
    started.set(this.#id, this);
    this.#controller.end(!this.#fresh);
    this.#transport = transport;
    if (this.#daemon) transport.letGo();
    else waitAtEnd(this.#ended.promise);
    return this;
  }

  /** Its identity; `null` before it starts. No two threads of a process have the same. */
  get id(): number | null {
    return this.#id;
  }

  /** Its name, which need not be its own. */
  get name(): string {
    return this.#id === null || this.#controller !== null ? this.#name : threadName(this.#id);
  }

  set name(name: string) {
    this.#name = toName(name);
    if (this.#id !== null) renameThread(this.#id, this.#name);
  }

  /**
   * Whether the end of the main thread ends it too.
   *
   * @throws {InvalidStateError} when it is set after the start.
   */
  get daemon(): boolean {
    return this.#id === null || this.#controller !== null ? this.#daemon : isDaemon(this.#id);
  }

  set daemon(daemon: boolean) {
    if (this.#id !== null) {
      throw new InvalidStateError(
        `Cannot set daemon of thread ${JSON.stringify(this.name)}: it has been started`,
      );
    }
    this.#daemon = daemon;
  }

  /** Whether it was started and has not ended. */
  get isAlive(): boolean {
    return this.#id !== null && isRunning(this.#id);
  }

  /**
   * What the target returns; rejects with what it throws, or with `BrokenExecutorError` when the thread
   * ends without either.
   *
   * @throws {InvalidStateError} on a thread that was not started by this one.
   */
  get result(): Promise<Awaited<R>> {
    if (this.#fn === null) {
      throw new InvalidStateError(
        `Cannot ask for a result here: only who started ${JSON.stringify(this.name)} gets it`,
      );
    }
    this.#transport?.hold();
    return this.#outcome.ask() as Promise<Awaited<R>>;
  }

  /**
   * Waits with a promise for its end, whatever that is. Also returns when the timeout passes: see `isAlive`.
   *
   * @throws {InvalidStateError} if it was not started, or is the current thread.
   * @throws {StoppedError} if the current thread is asked to stop; the signal's reason if it aborts.
   */
  join(options?: WaitOptions): Promise<void> {
    return runAsync(this.#joining("Thread.join()", options), null, async (bounds: Bounds) => {
      if (this.#controller === null || this.isAlive) return;
      await this.#ended.promise; // what it sent before its end is on its way
      await shortly(this.#controller.gone, bounds.deadline);
    });
  }

  /** As {@link join}, blocking the current thread. */
  joinSync(options?: WaitOptions): void {
    block(this.#joining("Thread.joinSync()", options));
    if (!this.isAlive) this.#controller?.drain();
  }

  /**
   * Asks it to stop: what it waits for ends with `StoppedError`, `checkpoint()` throws it and
   * `currentSignal()` aborts with it. Work that does none of these goes on. On an ended thread: nothing.
   *
   * @param reason becomes the error's `cause`.
   * @throws {InvalidStateError} if it was not started by the current thread.
   */
  stop(reason?: unknown): void {
    if (this.#id === null) {
      throw new InvalidStateError(
        `Cannot stop thread ${JSON.stringify(this.name)}: start it first`,
      );
    }
    if (this.#controller === null) {
      throw new InvalidStateError(
        `Cannot stop thread ${JSON.stringify(this.name)} here: only the thread that started it may`,
      );
    }
    this.#asked = true;
    this.#controller.stop(CALL, stopError(this.name, reason));
  }

  /** Shows its name and state in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#id === null ? "initial" : this.isAlive ? "started" : "stopped";
    return `Thread { ${this.name}, ${state}${this.daemon ? ", daemon" : ""} }`;
  }

  #call(): Call {
    return {
      fn: this.#fn!,
      target: this.#target!,
      args: [...this.#args],
      isChunk: false,
      onItems: null,
      done: (value) => this.#end({ failed: false, value }),
      failed: (error) => this.#end({ failed: true, error }),
      lost: (error) => this.#end({ failed: true, error }),
    };
  }

  #end(ended: Ended): void {
    started.delete(this.#id!);
    this.#ended.resolve();
    this.#outcome.settle(ended);
    if (!ended.failed || (this.#asked && ended.error instanceof StoppedError)) return;
    this.#controller!.gone.then(() =>
      this.#outcome.unlessAsked(() => excepthook({ error: ended.error, thread: this }))
    );
  }

  *#joining(what: string, options: WaitOptions | undefined): Waiting<Bounds> {
    const bounds = boundsOf(options, what);
    const thread = this.#joinable();
    using _ = this.#outcome.joining();
    yield* joining(thread, what, bounds);
    return bounds;
  }

  #joinable(): number {
    if (this.#id === null) {
      throw new InvalidStateError(
        `Cannot join thread ${JSON.stringify(this.name)}: it was not started; call start() first`,
      );
    }
    if (this.#id === me) {
      throw new InvalidStateError("Cannot join the current thread: it would wait for itself");
    }
    return this.#id;
  }
}

/** Any thread. */
// deno-lint-ignore no-explicit-any
export type AnyThread = Thread<any[], unknown>;

/** The object that stands for a running thread, whoever started it. */
export function threadObject(id: number): AnyThread {
  const known = started.get(id);
  if (known !== undefined) return known;
  const thread: AnyThread = constructFor(id, Thread);
  if (id === me || id === mainIdentity()) started.set(id, thread);
  return thread;
}
