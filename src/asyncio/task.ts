import { CancelledError, inheritContext, type Work } from "../core/mod.ts";
import { runAs } from "../core/async_work.ts";
import { here, taskHere } from "./here.ts";
import { adopt } from "./adopted.ts";
import { enlist, strike } from "./alive_tasks.ts";
import type { Awaitable, TaskFunction, TaskOptions } from "./awaitable.ts";
import { isGenerator, isThenable } from "./coroutine_like.ts";
import { type CoroutineBody, Operation } from "./operation.ts";
import type { EventLoop } from "./event_loop.ts";
import type { Scope } from "./scope.ts";

/** Something that a task waits for. */
export interface Cancellable {
  /** Ends the wait as cancelled; `false` when it has ended already. */
  cancel(message?: string): boolean;
  /** Whether its result has arrived and is only not handed over yet. */
  readonly arrived?: boolean;
  /** The task on whose behalf it is done. */
  readonly host?: Task<unknown> | null;
}

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
export class Task<T> extends Operation<T> implements Work {
  readonly #source: Awaitable<T>;
  #name: string | undefined;
  #number: number;
  #requests = 0;
  #mustCancel = false;
  #message: string | undefined = undefined;
  #wait: Cancellable | null = null;
  #waitScope: Scope | null = null;
  #moreWaits: Map<Cancellable, Scope | null> | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #signalGiven = false;
  #origin: Scope | null = null;
  /** The next older one of those alive. */
  older: Task<unknown> | null = null;
  /** The next younger one of those alive. */
  younger: Task<unknown> | null = null;
  /** The innermost cancel scope that the task is in. */
  scope: Scope | null = null;
  /** The values of its context variables. */
  context: unknown;
  /** Where it was made, in debug mode. */
  readonly madeAt: string | undefined;
  /** The task that made it. */
  readonly parent: Task<unknown> | null;
  /** Trio's manners: a result that has arrived is not eaten by a cancel, and one cancelled at once still runs to its first wait. */
  readonly gentle: boolean;

  constructor(loop: EventLoop, source: Awaitable<T>, options: TaskOptions = {}) {
    super(loop, null);
    this.host = this as Task<unknown>;
    this.#source = source;
    this.#name = options.name;
    this.#number = ++made;
    this.gentle = options.gentle === true;
    this.parent = taskHere();
    this.context = inheritContext();
    this.madeAt = loop.debug ? new Error().stack : undefined;
    enlist(this as Task<unknown>);
    options.scope?.enter(this as Task<unknown>);
    if (options.eager) this.begin();
    else loop.ready.push(beginTask, this);
  }

  /** What it is called: as given, or `Task-N`. */
  get name(): string {
    return this.#name ?? `Task-${this.#number}`;
  }
  set name(name: string) {
    this.#name = String(name);
  }

  /** What it runs. */
  get coroutine(): Awaitable<T> {
    return this.#source;
  }

  /** Aborted when the task is cancelled, with the `CancelledError`; see `currentSignal()`. */
  get signal(): AbortSignal {
    this.#signalGiven = true;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#mustCancel) this.#controller.abort(new CancelledError(this.#message));
    }
    return this.#controller.signal;
  }

  /** Throws if a cancel is due: what `checkpoint()` does in a task. */
  checkpoint(): void {
    const error = this.#takeCancel();
    if (error !== null) throw this.throwing(error);
    const due = this.scope?.due() ?? null;
    if (due === null) return;
    this.#origin = due;
    due.delivered();
    throw this.throwing(new CancelledError(due.reason));
  }

  /**
   * Asks the task to end: `CancelledError` is thrown at what it waits for.
   *
   * @param message becomes the error's message.
   * @returns `false` if it has ended already.
   */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#requests++;
    this.interrupt(message);
    return true;
  }

  /** How many requests to cancel there are, less those taken back. */
  cancelling(): number {
    return this.#requests;
  }

  /**
   * Takes one request back, and answers how many are left. With none left, one that has not been
   * delivered yet is forgotten.
   */
  uncancel(): number {
    if (this.#requests > 0) this.#requests--;
    if (this.#requests === 0) this.#mustCancel = false;
    return this.#requests;
  }

  /** Ends what the task waits for, or has its next wait end at once. Does not count as a request. */
  interrupt(message?: string): void {
    this.#origin = null;
    const aborted = this.#abort(message);
    let ended = false;
    for (const [wait] of this.#waits()) ended = this.#end(wait, message) || ended;
    if (ended || aborted) return;
    this.#mustCancel = true;
    this.#message = message;
  }

  /** Ends the waits that were begun inside of `scope`, which has been cancelled. */
  interruptWithin(scope: Scope): void {
    let ended = false;
    for (const [wait, innermost] of this.#waits()) {
      if (innermost === null || !innermost.cancelledBy(scope)) continue;
      this.#origin = scope;
      ended = this.#end(wait, scope.reason) || ended;
    }
    if (this.scope !== null && this.scope.cancelledBy(scope) && this.#controller !== undefined) {
      this.#origin = scope;
      ended = this.#abort(scope.reason) || ended;
    }
    if (ended) scope.delivered();
  }

  /** Notes that `scope` is left. */
  forgetOrigin(scope: Scope): void {
    if (this.#origin === scope) this.#origin = null;
  }

  /** Notes that the task begins to wait, and ends the wait at once if a cancel is due. */
  beginWait(wait: Cancellable): void {
    // The work done on behalf of this task has waits of its own, which stand here already.
    if (wait.host === this) return;
    if (this.#wait === null) {
      this.#wait = wait;
      this.#waitScope = this.scope;
    } else {
      (this.#moreWaits ??= new Map()).set(wait, this.scope);
    }
    this.#signalGiven = false;
    if (this.#mustCancel) {
      if (wait.cancel(this.#message)) this.#mustCancel = false;
    } else if (this.scope !== null) {
      const due = this.scope.due();
      if (due === null) return;
      this.#origin = due;
      if (wait.cancel(due.reason)) due.delivered();
    }
  }

  /** Notes that a wait is over. */
  endWait(wait: Cancellable): void {
    if (this.#wait === wait) this.#wait = null;
    else this.#moreWaits?.delete(wait);
  }

  /** The error to throw in the place of a result that has arrived, if a cancel came in between; asyncio's manner. */
  takeCancelAtWake(): CancelledError | null {
    return this.gentle ? null : this.#takeCancel();
  }

  /** The error to throw in the body in place of `error`; tells the scopes that it is on its way. */
  throwing(error: unknown): unknown {
    if (this.scope === null || !(error instanceof CancelledError)) return error;
    const instead = this.#origin === null ? error : this.#origin.throwing(error);
    for (let each: Scope | null = this.scope; each !== null; each = each.around) each.sawCancel();
    return instead;
  }

  /** Whether the task waits for something of this package. */
  get waiting(): boolean {
    return this.#wait !== null || (this.#moreWaits?.size ?? 0) > 0;
  }

  /** Its state and what it waits for, in words. */
  describe(): string {
    if (!this.waiting) return this.state === "running" ? "waits for something foreign" : this.state;
    const names = this.#waits().map(([wait]) =>
      wait instanceof Task ? wait.name : wait.constructor.name
    );
    return `waits for ${names.join(", ")}`;
  }

  /** Makes the first step. */
  begin(): void {
    if (this.done()) return;
    if (this.#mustCancel && !this.gentle) {
      if (isGenerator(this.#source)) this.#source.return(undefined as T);
      this.#mustCancel = false;
      this.settleCancelled(this.#message);
      return;
    }
    this.setRunning();
    const source = this.#source;
    if (typeof source !== "function") {
      this.drive(isGenerator(source) ? source : adopt(source, this.getLoop())[Symbol.iterator]());
      return;
    }
    const { task, generator, loop } = here;
    here.task = this as Task<unknown>;
    here.generator = false;
    here.loop = this.getLoop();
    let answer: ReturnType<TaskFunction<T>>;
    try {
      answer = runAs(this, source);
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
    if (this.#mustCancel) this.settleCancelled(this.#message);
    else super.finish(value);
  }

  protected override end(error: unknown): void {
    if (this.done()) return;
    strike(this as Task<unknown>);
    super.end(error);
  }

  protected override settleCancelled(message?: string): void {
    strike(this as Task<unknown>);
    super.settleCancelled(message);
  }

  protected override describeUnretrieved(): string {
    return `Task exception was never retrieved (task ${this.name}${
      this.madeAt === undefined ? "" : `, made${this.madeAt.slice("Error".length)}`
    })`;
  }

  /** Aborts the signal; answers whether somebody was given it for what is waited for now. */
  #abort(message: string | undefined): boolean {
    const controller = this.#controller;
    if (controller === undefined) return false;
    const given = this.#signalGiven;
    this.#controller = undefined;
    this.#signalGiven = false;
    controller.abort(this.throwing(new CancelledError(message)));
    return given;
  }

  #end(wait: Cancellable, message: string | undefined): boolean {
    return !(this.gentle && wait.arrived) && wait.cancel(message);
  }

  #takeCancel(): CancelledError | null {
    if (!this.#mustCancel) return null;
    this.#mustCancel = false;
    return new CancelledError(this.#message);
  }

  #waits(): [Cancellable, Scope | null][] {
    const all: [Cancellable, Scope | null][] = [...this.#moreWaits ?? []];
    if (this.#wait !== null) all.push([this.#wait, this.#waitScope]);
    return all;
  }
}

function beginTask(task: Task<unknown>): void {
  task.begin();
}
