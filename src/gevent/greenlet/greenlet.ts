import type { TimerHandle } from "../../asyncio/loop/handles.ts";
import { runningOrDefaultLoop } from "../../asyncio/loop/running_loop.ts";
import { CallbackList } from "../../core/collections/callback_list.ts";
import { checkDelay, checkFunction, errorMeant, show, toName } from "../../core/check.ts";
import { type CallerContext, captureCaller, inCallersContext } from "../../core/inheritance.ts";
import type { Waker } from "../../core/waker.ts";
import { GreenletExit } from "./greenlet_exit.ts";
import { getcurrent } from "./getcurrent.ts";
import { GreenletTask } from "./greenlet_task.ts";
import { callLink } from "./links.ts";
import { Timeout } from "./timeout.ts";
import { boundsOf, Wait, type WaitBound } from "./wait.ts";

/** What a greenlet runs: an async function, a generator function, or a plain one. */
export type GreenletFunction<A extends unknown[], T> = (
  ...args: A
) => T | PromiseLike<T> | Generator<unknown, T, unknown>;

/** What comes of a function that a greenlet runs. */
export type Returned<R> = R extends Generator<unknown, infer T, infer _N> ? T : Awaited<R>;

/** What can be thrown into a greenlet: an error, or a class to make one from. */
export type Throwable = Error | (new () => Error);

/** Called with a greenlet that has ended; or an object that takes it, as an `AsyncResult` does. */
export type Link<T> = ((greenlet: Greenlet<T>) => unknown) | LinkTarget<T>;

/** An object that can be linked to a greenlet. */
export interface LinkTarget<T> {
  /** Told of the greenlet when it has ended. */
  accept(greenlet: Greenlet<T>): void;
}

let numbered = 0;

/** Of any function, also one that has a `bind` of its own. */
const { bind } = Function.prototype;

/** A function that is called at the end in a context or under a condition, and what it is taken back by. */
interface BoundLink {
  readonly call: () => unknown;
  readonly key: unknown;
}

/** What is called at the end: a function that was given, as it is, or one in its stead. */
type EndLink = ((greenlet: Greenlet<unknown>) => unknown) | BoundLink;

/**
 * A light thread: a function that runs beside others on this thread, and gives way where it waits.
 *
 *     made ──start──▶ waiting for its turn ──▶ running ──▶ ended: with a value, an error, or killed
 *
 * - `spawn` makes and starts one. It begins when the caller next waits, in the order of starting.
 * - An error ends it and comes out of `get()`, not of `join()`. One that nobody looks at is reported, with the
 *   greenlet's name.
 * - It is no promise, so that pools and lists of greenlets can be awaited: `await greenlet.get()`.
 * - It is a task of asyncio: everything that asyncio can wait for, a greenlet can.
 *
 * Not like gevent: JavaScript cannot switch in the middle of a plain call. The function is an async function, which
 * waits with `await`, or a generator function, which waits with `yield*`.
 *
 * Source: gevent's `Greenlet`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import * as gevent from "@quartet/concurrency/gevent";
 *
 * function* greet(name: string, delay: number) {
 *   yield* gevent.sleep(delay);
 *   return `hello ${name}`;
 * }
 *
 * const bob = gevent.spawn(greet, "bob", 3);
 * const alice = gevent.spawn(greet, "alice", 1);
 * await gevent.joinall([bob, alice]);
 * assertEquals([bob.value, alice.value], ["hello bob", "hello alice"]);
 * ```
 */
export class Greenlet<T = unknown> implements AsyncDisposable {
  /** Its number, small and never used twice in a program. */
  readonly minimalIdent: number = numbered++;
  /** The greenlet that made it; `null`: the main program. */
  readonly parent: Greenlet<unknown> | null = getcurrent();
  /** Told of the end of each greenlet's task. */
  static readonly #ending: Waker<unknown> = {
    wake: (task) => (task as GreenletTask<unknown>).greenlet!.#announce(),
  };
  readonly #body: GreenletFunction<[], T>;
  /** The context in which it was made; `null`: none is in use. */
  readonly #maker: CallerContext | null = captureCaller();
  #name: string;
  #task: GreenletTask<unknown> | null = null;
  #timer: TimerHandle | null = null;
  #killedBy: Error | null = null;
  /** What is called at its end; most have one: a list is made for the second. */
  #links: EndLink | CallbackList<EndLink> | null = null;

  /**
   * Makes it; it does nothing until `start()`.
   *
   * @throws {TypeError} if `run` is no function.
   */
  constructor(run: GreenletFunction<[], T>);
  /** The same, with arguments for the function. */
  constructor(
    // deno-lint-ignore no-explicit-any -- the arguments of any function; spawn() checks them
    run: GreenletFunction<any[], T>,
    ...args: unknown[]
  );
  /** Makes it. */
  constructor(run: GreenletFunction<unknown[], T>, ...args: unknown[]) {
    if (typeof run !== "function") {
      throw new TypeError(`Cannot run ${show(run)} in a greenlet: give a function`);
    }
    this.#name = run.name || `Greenlet-${this.minimalIdent}`;
    // A bound generator function is known as one, and is stepped without a flow of its own.
    this.#body = args.length === 0 ? run : bind.call(run, undefined, ...args);
  }

  /** What it is called in reports; may be set. A number becomes text. */
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = toName(name);
    if (this.#task !== null) this.#task.name = this.#name;
  }

  /** Makes and starts one; the same as `gevent.spawn`. */
  static spawn<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Greenlet<Returned<R>> {
    return new Greenlet(fn as GreenletFunction<unknown[], Returned<R>>, ...args).start();
  }

  /** Makes one and starts it later; the same as `gevent.spawnLater`. */
  static spawnLater<A extends unknown[], R>(
    delay: number,
    fn: (...args: A) => R,
    ...args: A
  ): Greenlet<Returned<R>> {
    return new Greenlet(fn as GreenletFunction<unknown[], Returned<R>>, ...args).startLater(delay);
  }

  /** Has it begin when the caller next waits; a second time nothing happens. */
  start(): this {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#task !== null) return this;
    const loop = runningOrDefaultLoop();
    // A pool that was full starts it from where room was made.
    const task = this.#task = this.#maker === null
      ? new GreenletTask<unknown>(this, this.#body, this.name, loop)
      : this.#maker.run(() => new GreenletTask<unknown>(this, this.#body, this.name, loop));
    task.announceTo(Greenlet.#ending);
    return this;
  }

  /** Has it begin after `delay` milliseconds. */
  startLater(delay: number): this {
    checkDelay(delay, "delay");
    if (this.#task !== null || this.#timer !== null) return this;
    this.#timer = runningOrDefaultLoop().callLater(delay, () => void this.start());
    return this;
  }

  /** Whether it was started and has not ended. */
  get started(): boolean {
    return (this.#task !== null || this.#timer !== null) && !this.dead;
  }

  /** Whether it has ended. */
  get dead(): boolean {
    return this.#task?.done() ?? false;
  }

  /** Whether it has ended; the same as `dead`. */
  ready(): boolean {
    return this.dead;
  }

  /** Whether it has ended well: with a value, or killed. */
  successful(): boolean {
    return this.dead && !this.#failed;
  }

  /** What the function returned, or the `GreenletExit` that ended it; `null` before the end and after a failure. */
  get value(): T | GreenletExit | null {
    if (!this.successful()) return null;
    return this.#task!.cancelled() ? this.#exit : this.#task!.result() as T;
  }

  /** The error that ended it; `null` if none did. */
  get exception(): unknown {
    if (!this.#failed) return null;
    return this.#task!.cancelled() ? this.#killedBy : this.#task!.exception();
  }

  /**
   * Waits until it has ended, however.
   *
   * @param bound milliseconds, or `{ timeout, signal }`; when they are over the wait ends: ask `dead`.
   */
  join(bound?: WaitBound): Wait<void> {
    return this.#onEnd(bound, (wait) => wait.grant(undefined), () => undefined);
  }

  /**
   * Waits until it has ended and returns what it returned; or the `GreenletExit` if it was killed.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {Timeout} if the timeout has passed, or it has not ended and `block` is `false`.
   * @throws the error that ended it.
   */
  get(bound?: WaitBound): Wait<T | GreenletExit> {
    const { timeout, block = true } = boundsOf(bound);
    const tooLate = (): never => {
      throw new Timeout(timeout ?? null);
    };
    if (!block && !this.dead) return Wait.failed(new Timeout(0));
    return this.#onEnd<T | GreenletExit>(bound, (wait) => {
      if (this.#failed) wait.giveUp(this.exception);
      else wait.grant(this.value as T | GreenletExit);
    }, tooLate);
  }

  /**
   * Ends it: `error` is thrown where it waits, its `finally` blocks run, and this waits until it has ended.
   *
   * - Before its first step it never runs a line. A greenlet that has ended is left as it is.
   * - It may catch the error and go on; it is gevent's custom to end.
   *
   * @param error default `GreenletExit`, with which it counts as ended well.
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait for the end.
   */
  kill(error: Throwable = GreenletExit, bound?: WaitBound): Wait<void> {
    const { block = true } = boundsOf(bound);
    const thrown = errorMeant(error);
    if (thrown === undefined) {
      throw new TypeError(`Cannot throw ${show(error)} into a greenlet: give an error`);
    }
    if (!this.dead) {
      this.#killedBy = thrown;
      this.start();
      this.#task!.throwIn(thrown);
    }
    return block ? this.join(bound) : Wait.given(undefined);
  }

  /** Throws `error` where it waits, and does not wait for what comes of it. */
  throw(error: Throwable = GreenletExit): void {
    void this.kill(error, { block: false });
  }

  /**
   * Has `link` called in a greenlet of its own when this one has ended; soon if it has.
   *
   * It runs in the context (`AsyncLocalStorage`, context variables) of the code that links it.
   */
  link(link: Link<T>): void {
    this.#addLink(link, () => true);
  }

  /** The same, only when it ended well. */
  linkValue(link: Link<T>): void {
    this.#addLink(link, () => this.successful());
  }

  /** The same, only when an error ended it. */
  linkException(link: Link<T>): void {
    this.#addLink(link, () => !this.successful());
  }

  /**
   * Has `link` called as soon as this one has ended, not in a greenlet: it must not wait. It runs in the context of the
   * code that links it, as with {@link link}.
   */
  rawlink(link: (greenlet: Greenlet<T>) => void): void {
    checkFunction(link, "link");
    const call = inCallersContext(link);
    const plain = call === link ? call as (greenlet: Greenlet<unknown>) => unknown : null;
    this.#addEndLink(plain ?? { call: () => call(this), key: link });
  }

  /** Takes each link back that `link` was given for. */
  unlink(link: Link<T>): void {
    this.#removeLink(link);
  }

  /** Waits until it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  /** Shows the state in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = !this.dead
      ? this.#task === null ? "made" : "started"
      : this.successful()
      ? "ended"
      : "failed";
    return `Greenlet ${this.name} { ${state} }`;
  }

  /** Whether an error ended it. Does not count as a look at it. */
  get #failed(): boolean {
    const task = this.#task;
    if (task === null || !task.done() || !task.failed) return false;
    if (!task.cancelled()) return true;
    return task.exit === null && this.#killedBy !== null &&
      !(this.#killedBy instanceof GreenletExit);
  }

  get #exit(): GreenletExit {
    const { exit } = this.#task!;
    const killer = this.#killedBy instanceof GreenletExit ? this.#killedBy : null;
    return this.#task!.exit = exit ?? killer ?? new GreenletExit();
  }

  #onEnd<V>(bound: WaitBound, serve: (wait: Wait<V>) => void, timedOut: () => V): Wait<V> {
    const link = (): void => serve(wait);
    const wait = new Wait<V>({ timedOut, left: () => this.#removeLink(link) }, bound);
    if (this.dead) serve(wait);
    else if (!wait.done()) this.#addEndLink(link);
    return wait;
  }

  #addLink(target: Link<T>, wanted: () => boolean): void {
    const call = typeof target === "function" ? target : target?.accept?.bind(target);
    if (typeof call !== "function") {
      throw new TypeError(
        `Cannot link ${show(target)}: give a function, or what accepts greenlets`,
      );
    }
    const begin = (): void => {
      if (wanted()) new Greenlet(() => call(this)).start();
    };
    this.#addEndLink({ call: inCallersContext(begin), key: target });
  }

  #addEndLink(link: EndLink): void {
    const links = this.#links;
    if (links === null) this.#links = link;
    else if (links instanceof CallbackList) links.push(link);
    else {
      this.#links = new CallbackList<EndLink>(keyOfLink);
      this.#links.push(links);
      this.#links.push(link);
    }
    if (this.dead) this.#task!.announceTo(Greenlet.#ending);
  }

  #removeLink(key: unknown): void {
    const links = this.#links;
    if (links === null) return;
    if (links instanceof CallbackList) links.remove(key);
    else if (keyOfLink(links) === key) this.#links = null;
  }

  #announce(): void {
    const links = this.#links;
    if (links === null) return;
    this.#links = null;
    if (links instanceof CallbackList) links.forEach((link) => this.#call(link));
    else this.#call(links);
  }

  #call(link: EndLink): void {
    if (typeof link === "function") callLink(link, this as Greenlet<unknown>);
    else callLink(link.call);
  }
}

function keyOfLink(link: EndLink): unknown {
  return typeof link === "function" ? link : link.key;
}

/** Refuses what is no greenlet. */
export function checkGreenlet(value: unknown): void {
  if (value instanceof Greenlet) return;
  throw new TypeError(`Cannot use greenlet ${show(value)}: give a Greenlet, as spawn() makes it`);
}
