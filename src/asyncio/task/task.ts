import { checkText, isThenable, toName } from "../../core/check.ts";
import { CancelledError } from "../../core/errors.ts";
import { type CallerContext, captureFlow, inheritContext } from "../../core/inheritance.ts";
import { current, runningTask } from "../loop/running_loop.ts";
import { enterFrom } from "../scope/outer_scope.ts";
import { withoutSuppressed } from "../scope/without_suppressed.ts";
import { beginWork, giveBackTo, type OwnWait } from "./begin_work.ts";
import { endWaitOf, passCancel } from "./cancel_passage.ts";
import { CancelState, hasArrived } from "./cancel_state.ts";
import { type CoroutineBody, type Driven, resumeCoroutine } from "./coroutine_driver.ts";
import { isGenerator } from "./coroutine_like.ts";
import { takeOver } from "./eventual.ts";
import { LoopFuture } from "./loop_future.ts";
import { entrusted, futureOf } from "./promise_future.ts";
import { enlist, strike } from "./task_registry.ts";
import { allWaits, type Waits, withoutWait, withWait } from "../scope/scoped_waits.ts";
import { WorkFuture } from "./work_future.ts";
import type { Cancellable, Loop, TaskLike } from "../loop/contract.ts";
import type { Scope } from "../scope/scope.ts";
import type { Awaitable, TaskOptions } from "./awaitable.ts";

/** How many tasks have been made. */
let made = 0;

const NO_OPTIONS: TaskOptions = {};

/** Where tasks were made, in debug mode. */
const places = new WeakMap<TaskLike<unknown>, string>();

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
export class Task<T> extends WorkFuture<T> implements TaskLike<T>, Driven<T> {
  readonly #source: Awaitable<T>;
  /** What it was called, or the number by which it is called. */
  #name: string | number;
  /**
   * The generator that is driven; `null` in an async function.
   * @internal
   */
  body: CoroutineBody<T> | null = null;
  /**
   * What flows where it was made; `null`: nothing.
   * @internal
   */
  flow: CallerContext | null = captureFlow();
  /**
   * The wait that it was made of, or that its function has returned as it is.
   * @internal
   */
  origin: OwnWait | null = null;
  #waits: Waits = null;
  /** The scope that it was in when its only wait began. */
  #waitScope: Scope | null = null;
  /** The pass in or after which the last wait ended. */
  #resumedIn = -1;
  #cancels: CancelState | null = null;
  /** The innermost cancel scope that the task is in. */
  scope: Scope | null = null;
  /** Trio's manners: a result that has arrived is not eaten by a cancel, and one cancelled at once still runs to its first wait. */
  readonly gentle: boolean;
  /** The next older one of those alive. */
  older: TaskLike<unknown> | null = null;
  /** The next younger one of those alive. */
  younger: TaskLike<unknown> | null = null;
  /** The values of its context variables. */
  context: unknown;
  /** The task that made it. */
  parent: TaskLike<unknown> | null;

  /** Makes a task of `source`; `createTask` is the usual way. */
  constructor(loop: Loop, source: Awaitable<T>, options: TaskOptions = NO_OPTIONS) {
    super(loop);
    const { name } = options;
    this.#name = name === undefined || name === null ? ++made : toName(name);
    // The wait behind a promise is the task's from now on, not only from its first step on.
    this.#source = typeof source === "object" && isThenable(source)
      ? takeOver(source, loop) ?? entrusted(source)
      : source;
    this.gentle = options.gentle === true;
    this.parent = runningTask();
    this.context = options.context ?? inheritContext();
    if (loop.debug) places.set(this, new Error().stack ?? "");
    enlist(this);
    if (options.around !== undefined) enterFrom(options.around, this);
    options.scope?.enter(this);
    if (options.eager) this.begin();
    else loop.ready.push(beginTask, this);
  }

  /** What it is called: as given, or `Task-N`. Text; a number becomes text. */
  get name(): string {
    return typeof this.#name === "number" ? `Task-${this.#name}` : this.#name;
  }
  set name(name: string) {
    this.#name = toName(name);
  }

  /** What it runs. */
  get coroutine(): Awaitable<T> {
    return this.#source;
  }

  /** Where it was made, in debug mode. */
  get madeAt(): string | undefined {
    return places.get(this);
  }

  /** Aborted when the task is cancelled, with the `CancelledError`; see `currentSignal()`. */
  get signal(): AbortSignal {
    return Task.#cancelsOf(this).signal;
  }

  /** Throws if a cancel is due: what `checkpoint()` does in a task. */
  checkpoint(): void {
    const error = this.#cancels?.take() ?? null;
    if (error !== null) throw this.throwing(error);
    const due = this.scope?.due() ?? null;
    if (due === null) return;
    Task.#cancelsOf(this).endedFor(due);
    throw this.throwing(new CancelledError(due.reason));
  }

  /**
   * Asks the task to end: `CancelledError` is thrown at what it waits for.
   *
   * @param message becomes the error's message.
   * @returns `false` if it has ended already.
   */
  override cancel(message?: string): boolean {
    if (message !== undefined) checkText(message, "message");
    if (this.done()) return false;
    Task.#cancelsOf(this).request();
    this.interrupt(message);
    return true;
  }

  /** How many requests to cancel there are, less those taken back. */
  cancelling(): number {
    return this.#cancels?.requests ?? 0;
  }

  /**
   * Takes one request back, and returns how many are left. With none left, one that has not been
   * delivered yet is forgotten.
   */
  uncancel(): number {
    return this.#cancels?.withdraw() ?? 0;
  }

  /** Ends what the task waits for, or has its next wait end at once. Does not count as a request. */
  interrupt(message?: string): void {
    passCancel(this, message);
  }

  /**
   * For the passage of a cancel from task to task.
   * @internal
   */
  interruptNow(message: string | undefined): void {
    const cancels = Task.#cancelsOf(this);
    let ended = cancels.abort(() => this.throwing(new CancelledError(message)));
    let arrived = false;
    for (const wait of this.waitsFor) {
      if (endWaitOf(this, wait, message)) ended = true;
      else arrived ||= hasArrived(wait);
    }
    const hasRunOn = this.#resumedIn === this.getLoop().ready.passes && current.task !== this;
    cancels.came(message, ended, arrived || hasRunOn);
  }

  /** Ends the waits that were begun inside of `scope`, which has been cancelled. */
  interruptWithin(scope: Scope): void {
    let ended = false;
    for (const [wait, innermost] of allWaits(this.#waits, this.#waitScope)) {
      if (innermost === null || !innermost.cancelledBy(scope)) continue;
      ended = endWaitOf(this, wait, scope.reason) || ended;
    }
    if (this.#cancels !== null && this.scope !== null && this.scope.cancelledBy(scope)) {
      const error = () => this.throwing(new CancelledError(scope.reason));
      ended = this.#cancels.abort(error, scope) || ended;
    }
    if (ended) Task.#cancelsOf(this).endedFor(scope);
  }

  /** Has a cancel that was caught and could not be told come again, at the next wait. */
  redeliver(): void {
    Task.#cancelsOf(this).redeliver();
  }

  /**
   * A cancel came too late for the wait that it was to end, which has done its deed: it is due at the next one.
   * @internal
   */
  missed(message: string | undefined): void {
    Task.#cancelsOf(this).missed(message);
  }

  /** Notes that `scope` is left. */
  forgetOrigin(scope: Scope): void {
    this.#cancels?.forget(scope);
  }

  /** The error to throw in the body in place of `error`; tells the scopes that it is on its way. */
  throwing(error: unknown): unknown {
    if (this.#cancels === null || !(error instanceof CancelledError)) return error;
    return this.#cancels.throwing(error, this.scope);
  }

  /** The error to throw in the place of what `future` ended with, if a cancel came in between. */
  takeCancelAtWake(future: LoopFuture<unknown>): CancelledError | null {
    if (this.#cancels === null) return null;
    const kept = this.gentle || (future.handsOver && !future.cancelled());
    return kept ? null : this.#cancels.take();
  }

  /**
   * Notes that the task begins to wait, and ends the wait at once if a cancel is due.
   *
   * @param scope the scope that the wait is in; default: the innermost one of the task.
   * @internal
   */
  beginWait(wait: Cancellable, scope: Scope | null = this.scope): void {
    if (this.done()) return; // what a task has left behind is nobody's
    // The work done on behalf of this task has waits of its own, which stand here already.
    if (wait.host === this && wait !== this) return;
    if (this.#waits !== null) this.#waits = withWait(this.#waits, this.#waitScope, wait, scope);
    else {
      this.#waits = wait;
      this.#waitScope = scope;
    }
    if (this.#cancels !== null) this.#cancels.begins(wait, scope);
    else if (scope !== null && scope.due() !== null) Task.#cancelsOf(this).begins(wait, scope);
  }

  /**
   * Notes that a wait is over.
   * @internal
   */
  endWait(wait: Cancellable): void {
    this.#resumedIn = this.getLoop().ready.passes;
    this.#waits = this.#waits === wait ? null : withoutWait(this.#waits, wait);
  }

  /**
   * Notes that it has got a result without a wait: one that is returned stands against a cancel of the same pass.
   * @internal
   */
  noteResult(): void {
    this.#resumedIn = this.getLoop().ready.passes;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): Cancellable[] {
    return allWaits(this.#waits, this.#waitScope).map(([wait]) => wait);
  }

  /** Whether only code of its loop can end what it waits for. */
  override get closed(): boolean {
    // Another task of the loop is asked by itself.
    const waits = this.waitsFor;
    return waits.length > 0 &&
      waits.every((wait) =>
        wait instanceof Task ? wait.getLoop() === this.getLoop() : wait.closed === true
      );
  }

  /** Makes the first step. */
  begin(): void {
    if (this.done()) return;
    const source = this.#source;
    const cancel = this.gentle ? null : this.#cancels?.take() ?? null;
    if (cancel !== null) {
      const message = cancel.message || undefined;
      // A result that has come is kept, and a condition ends only with its lock taken back.
      if (source instanceof LoopFuture) source.cancel(message);
      else {
        if (isGenerator(source)) source.return(undefined as T);
        // A promise's outcome is ignored, but a guard that it brings gives back what it holds.
        else if (typeof source !== "function") futureOf(source, this.getLoop()).cancel(message);
        return this.settleCancelled(message);
      }
    }
    this.setRunning();
    beginWork(this, source);
  }

  /** The task itself. */
  get host(): this {
    return this;
  }

  /**
   * What the coroutine waits for has ended.
   * @internal
   */
  wake(future: LoopFuture<unknown>): void {
    resumeCoroutine(this, future);
  }

  /**
   * For the driver: the coroutine begins to wait.
   * @internal
   */
  waits(future: LoopFuture<unknown>): void {
    this.beginWait(future);
  }

  /**
   * For the driver: the wait is over.
   * @internal
   */
  woken(future: LoopFuture<unknown>): CancelledError | null {
    this.endWait(future);
    if (future.outlivedCancel) this.#cancels?.outlived();
    return this.takeCancelAtWake(future);
  }

  /**
   * Ends with `value`, or as cancelled if a cancel was not delivered.
   * @internal
   */
  returned(value: T): void {
    if (this.done()) return;
    const cancel = Task.#takeCancelAtEnd(this);
    if (cancel === null) {
      strike(this);
      return this.succeed(value);
    }
    giveBackTo(this.origin, value);
    this.settleCancelled(cancel.message || undefined);
  }

  /**
   * Ends with what was thrown.
   * @internal
   */
  threw(thrown: unknown): void {
    if (this.done()) return;
    strike(this);
    const error = withoutSuppressed(thrown);
    if (error instanceof CancelledError) this.settleCancelled(error.message || undefined);
    else this.fail(error);
  }

  /** Ends cancelled, and leaves the list of those alive. */
  protected override settleCancelled(message?: string): void {
    strike(this);
    super.settleCancelled(message);
  }

  /** What to say of a failure that nobody looked at, with the name and the place of its making. */
  protected override describeUnretrieved(): string {
    const { madeAt } = this;
    const made = madeAt === undefined ? "" : `, made${madeAt.slice("Error".length)}`;
    return `Task exception was never retrieved (task ${this.name}${made})`;
  }

  /**
   * Shows the name and the state in `console.log`.
   * @internal
   */
  protected override get label(): string {
    return `${this.constructor.name} "${this.name}"`;
  }

  // Private methods of the instance would cost each task a field.

  static #cancelsOf(task: Task<unknown>): CancelState {
    return task.#cancels ??= new CancelState();
  }

  /** The error of a cancel that is due when the body has returned; `null` also when the body had run on before it came. */
  static #takeCancelAtEnd(task: Task<unknown>): CancelledError | null {
    const error = task.#cancels?.takeAtEnd() ?? null;
    if (error !== null) return error;
    const owing = task.scope?.owing() ?? null;
    if (owing === null) return null;
    owing.delivered();
    return new CancelledError(owing.reason);
  }
}

function beginTask(task: Task<unknown>): void {
  task.begin();
}
