import { isThenable, toName } from "../../core/check.ts";
import { giveBack } from "../../core/guard.ts";
import { inheritContext } from "../../core/inheritance.ts";
import { runAs } from "../../core/async_work.ts";
import { here, runningTask } from "../loop/running_loop.ts";
import { futureOf } from "./promise_future.ts";
import { enlist, strike } from "./task_registry.ts";
import type { Awaitable, TaskFunction, TaskOptions } from "./awaitable.ts";
import { takeOver } from "./eventual.ts";
import { isGenerator, isGeneratorFunction } from "./coroutine_like.ts";
import { Interruptible } from "./interruptible.ts";
import { FollowedTask } from "./followed_task.ts";
import { LoopFuture } from "./loop_future.ts";
import type { CoroutineBody } from "./operation.ts";
import { enterFrom } from "../scope/outer_scope.ts";
import { withoutSuppressed } from "../scope/without_suppressed.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

let made = 0;

/**
 * Work on its way in an event loop: a future that brings itself about.
 *
 *     pending ──first step──▶ running ──returns / throws──▶ done
 *        └───────cancel───────────┴──CancelledError──────▶ cancelled
 *
 * - It runs a generator coroutine (`function*`, which waits with `yield*`) or an async function. Tasks
 *   begin in the loop's next pass, in the order in which they were made.
 * - `cancel()` ends what the task waits for, so that `CancelledError` is thrown there and `finally` runs.
 *   In an async function that reaches every wait of this package; a foreign promise only if it was given
 *   `currentSignal()`, else the cancel comes at the next wait of this package.
 * - One request gives one `CancelledError`: a body may catch it and go on, and `cancelling()` still counts it.
 * - Cancelled before its first step, it never runs a line, as in Python; children of a `TaskGroup` do run
 *   to their first wait.
 * - The loop holds its tasks until they end: one that nobody keeps is not lost. Its failure, if nobody
 *   looks at it, is reported.
 *
 * Not like Python: a promise can be given too, and runs already; cancelling its task leaves it alone.
 *
 * Source: Python's `asyncio.Task`.
 *
 * @example Both bodies
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * function* two() {
 *   return yield* sleep(1, 2);
 * }
 * const sum = await run(async () => {
 *   const one = createTask(async () => await sleep(1, 1));
 *   const other = createTask(two());
 *   return (await one) + (await other);
 * });
 * assertEquals(sum, 3);
 * ```
 */
export class Task<T> extends Interruptible<T> implements TaskLike<T> {
  readonly #source: Awaitable<T>;
  #name: string | undefined = undefined;
  #number: number;
  /** The next older one of those alive. */
  older: TaskLike<unknown> | null = null;
  /** The next younger one of those alive. */
  younger: TaskLike<unknown> | null = null;
  /** The values of its context variables. */
  context: unknown;
  /** Where it was made, in debug mode. */
  readonly madeAt: string | undefined;
  /** The task that made it. */
  parent: TaskLike<unknown> | null;

  /** Makes a task of `source`; `createTask` is the usual way. */
  constructor(loop: Loop, source: Awaitable<T>, options: TaskOptions = {}) {
    super(loop, options.gentle === true);
    if (options.name !== undefined && options.name !== null) this.#name = toName(options.name);
    this.host = this as Task<unknown>;
    // The wait behind a promise is the task's from now on, not only from its first step on.
    this.#source = typeof source === "object" && isThenable(source)
      ? takeOver(source, loop) ?? source
      : source;
    this.#number = ++made;
    this.parent = runningTask();
    this.context = options.context ?? inheritContext();
    this.madeAt = loop.debug ? new Error().stack : undefined;
    enlist(this as Task<unknown>);
    if (options.around !== undefined) enterFrom(options.around, this as Task<unknown>);
    options.scope?.enter(this as Task<unknown>);
    if (options.eager) this.begin();
    else loop.ready.push(beginTask, this);
  }

  /** What it is called: as given, or `Task-N`. Text; a number becomes text. */
  get name(): string {
    return this.#name ?? `Task-${this.#number}`;
  }
  set name(name: string) {
    this.#name = toName(name);
  }

  /**
   * Shows the name and the state in `console.log`.
   * @internal
   */
  protected override get label(): string {
    return `${this.constructor.name} "${this.name}"`;
  }

  /** What it runs. */
  get coroutine(): Awaitable<T> {
    return this.#source;
  }

  /** Its state and what it waits for, in words. */
  describe(): string {
    if (!this.waiting) return this.state === "running" ? "waits for something foreign" : this.state;
    const names = this.waits().map(([wait]) =>
      wait instanceof Task
        ? wait.name
        : wait instanceof FollowedTask
        ? wait.task.name
        : wait.constructor.name
    );
    return `waits for ${names.join(", ")}`;
  }

  /** Makes the first step. */
  begin(): void {
    if (this.done()) return;
    const cancel = this.gentle ? null : this.takeCancel();
    if (cancel !== null) {
      const source = this.#source;
      if (source instanceof LoopFuture) {
        // A result that has come is kept, and a condition ends only with its lock taken back.
        source.cancel(cancel.message || undefined);
        this.setRunning();
        return this.drive((source as LoopFuture<T>)[Symbol.iterator]());
      }
      if (isGenerator(source)) source.return(undefined as T);
      this.settleCancelled(cancel.message || undefined);
      return;
    }
    this.setRunning();
    const source = this.#source;
    if (typeof source !== "function") {
      if (isGenerator(source)) return this.drive(source);
      const future = source instanceof LoopFuture
        ? source as LoopFuture<T>
        : futureOf(source, this.getLoop());
      return this.drive(future[Symbol.iterator]());
    }
    const { task, generator, loop } = here;
    here.task = this as Task<unknown>;
    here.generator = false;
    here.loop = this.getLoop();
    let answer: ReturnType<TaskFunction<T>>;
    try {
      // A generator is stepped, and says with each step whose it is: only others need the flow, which is dear.
      answer = isGeneratorFunction(source) ? source() : this.inFlow(() => runAs(this, source));
    } catch (error) {
      this.end(error);
      return;
    } finally {
      here.task = task;
      here.generator = generator;
      here.loop = loop;
    }
    if (answer === this as unknown) {
      this.end(new TypeError("Cannot wait: a task cannot wait for itself"));
    } else if (answer instanceof LoopFuture) {
      // A plain function that returns a wait, such as `() => sleep(1)`: the wait is the task's own.
      this.drive((answer as LoopFuture<T>)[Symbol.iterator]());
    } else if (isThenable(answer)) {
      answer.then((value) => this.finish(value), (error) => this.end(error));
    } else if (isGenerator(answer)) {
      this.drive(answer as CoroutineBody<T>);
    } else {
      this.finish(answer as T);
    }
  }

  /** Ends with `value`, or as cancelled if a cancel was not delivered. */
  protected override finish(value: T): void {
    if (this.done()) return;
    strike(this as Task<unknown>);
    const cancel = this.takeCancelAtEnd();
    if (cancel === null) return super.finish(value);
    giveBack(value);
    this.settleCancelled(cancel.message || undefined);
  }

  /** Ends with what was thrown, and leaves the list of those alive. */
  protected override end(error: unknown): void {
    if (this.done()) return;
    strike(this as Task<unknown>);
    super.end(withoutSuppressed(error));
  }

  /** Ends cancelled, and leaves the list of those alive. */
  protected override settleCancelled(message?: string): void {
    strike(this as Task<unknown>);
    super.settleCancelled(message);
  }

  /** What to say of a failure that nobody looked at, with the name and the place of its making. */
  protected override describeUnretrieved(): string {
    return `Task exception was never retrieved (task ${this.name}${
      this.madeAt === undefined ? "" : `, made${this.madeAt.slice("Error".length)}`
    })`;
  }
}

function beginTask(task: Task<unknown>): void {
  task.begin();
}
