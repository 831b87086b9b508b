import { waitUntilDone } from "../../core/bounded_wait.ts";
import { checkOptions, show, toName } from "../../core/check.ts";
import { setSoon } from "../../core/clock.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError, ProcessExitedError, StoppedError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { thisNode } from "../objects/node.ts";
import { type AnyFunction, targetOf } from "../../wire/codec/portable.ts";
import type { Call } from "../../wire/rpc/call.ts";
import { Controller } from "../../wire/rpc/controller.ts";
import type { Ending } from "../../wire/rpc/transport.ts";
import { type ChildOptions, ChildTransport } from "./child_transport.ts";
import { expectMore, startChild } from "./spares.ts";
import { RefPromise } from "../objects/ref_promise.ts";
import { identity } from "./process_identity.ts";
import type { ProcessOptions, ProcessStatistics } from "./process_options.ts";
import { children } from "./process_info.ts";

let names = 0;

/**
 * A function in a process of its own.
 *
 * - It is a `deno run` of the same Deno that imports the target's module: a script guards what it does by itself
 *   with `if (import.meta.main) { … }`. A compiled program cannot start one.
 * - `result` is what the target returns. A process that ends before gives a `ProcessExitedError`. When the target
 *   has returned, the process ends, also if timers are left there. An error whose `result` nobody has asked for when
 *   the process has ended is printed.
 * - It finds its parent by a socket in a folder that only this user can enter, which takes net, read and write access, or
 *   else on the loopback interface, which takes `--allow-net=127.0.0.1`.
 * - It resolves imports as its parent does. A parent that may not read cannot tell it where a deno.json is: allow that file to
 *   be read, or import by URL.
 * - Modules of `--preload` run in it first, with the child's permissions, where its parent may read its own command line.
 * - Its standard output and error are this process's own; it has no input.
 * - A program that starts several finds the next one started ahead: see `setSpares`. `fresh: true` does without.
 * - It ends itself within a second when its parent dies, however that happens. While it computes without `checkpoint()` it
 *   is ended by `Deno.exit()`; by any other end only on Linux, where `/usr/bin/setpriv` is there and this process may run it.
 * - `terminate()` and `kill()` end it at once: its `finally` blocks do not run.
 *
 * Source: `multiprocessing.Process` with the start method "spawn".
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Process } from "@quartet/concurrency/multiprocessing";
 *
 * const process = new Process({ target: (a: number, b: number) => a ** b, args: [2, 10] }).start();
 * assertEquals(await process.result, 1024);
 * await process.join();
 * assertEquals(process.exitCode, 0);
 * ```
 */
export class Process<A extends unknown[] = unknown[], R = unknown> implements AsyncDisposable {
  readonly #options: Omit<ProcessOptions<A, R>, "target" | "args">;
  readonly #target: AnyFunction;
  readonly #args: unknown[];
  readonly #future = new Future<Awaited<R>>();
  #name: string;
  #daemon: boolean;
  #transport: ChildTransport | null = null;
  #controller: Controller | null = null;
  #pid: number | null = null;
  #ending: Ending | null = null;
  #closed = false;
  #result: Promise<Awaited<R>> | null = null;

  /**
   * Makes it; nothing runs before {@link Process.start}.
   *
   * @throws {TypeError} if the target is no function, the arguments are no array, or the name is neither text nor a number.
   * @throws {TransferError} if the target cannot cross.
   */
  constructor(options: ProcessOptions<A, R>) {
    checkOptions(options, "new Process()", "target: work");
    const name = options.name === undefined ? undefined : toName(options.name);
    const target = options.target as AnyFunction;
    targetOf(target);
    if (options.args !== undefined && !Array.isArray(options.args)) {
      throw new TypeError(`Cannot use args ${show(options.args)}: give an array`);
    }
    this.#options = options;
    this.#target = target;
    this.#args = options.args ?? [];
    const prefix = identity.info === null ? "Process-" : `${identity.info.name}:`;
    this.#name = name ?? `${prefix}${++names}`;
    this.#daemon = options.daemon ?? identity.info?.daemon ?? false;
  }

  /** Its name. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = toName(name);
  }

  /** Whether it is ended with its parent. */
  get daemon(): boolean {
    return this.#daemon;
  }

  set daemon(daemon: boolean) {
    if (this.#transport !== null) {
      throw new InvalidStateError("Cannot change daemon: the process was started");
    }
    this.#daemon = daemon;
  }

  /** Its number in the system; `null` before it is started. */
  get pid(): number | null {
    return this.#pid;
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    this.#checkOpen();
    return this.#transport !== null && this.#ending === null;
  }

  /** What it exited with: minus the signal's number when a signal ended it; `null` before it ended. */
  get exitCode(): number | null {
    return this.#ending?.exitCode ?? null;
  }

  /** What the target returns; rejects with its error, or a `ProcessExitedError`. */
  get result(): Promise<Awaited<R>> {
    return this.#result ??= new RefPromise((resolve, reject) => {
      this.#future.then(resolve, reject);
    });
  }

  /**
   * Starts it.
   *
   * @throws {InvalidStateError} if it was started before, while this process imports a module that it was told to run,
   * or in a daemonic process.
   * @throws {TransferError} if an argument cannot cross.
   * @throws {Deno.errors.NotCapable} if this process may not start it, or not with these permissions.
   */
  start(): this {
    this.#checkOpen();
    if (this.#transport !== null) {
      throw new InvalidStateError(`Cannot start ${this.#name}: a process is started once`);
    }
    const { permissions, env, fresh } = this.#options;
    const { module } = targetOf(this.#target);
    const options: ChildOptions = {
      info: { name: this.#name, daemon: this.#daemon },
      permissions,
      env,
      modules: module === undefined ? [] : [module],
    };
    const transport = fresh === true ? new ChildTransport(options) : startChild(options);
    const controller = new Controller(transport, { name: this.#name, concurrency: 1 });
    controller.ready.then(() => expectMore(options), () => {}); // the job hears of it as well
    try {
      controller.run(this.#call());
      controller.flush();
    } catch (error) {
      transport.kill("SIGKILL");
      throw error;
    }
    this.#transport = transport;
    this.#controller = controller;
    this.#pid = transport.pid;
    children.add(this);
    controller.gone.addDoneCallback((gone) => {
      this.#ending = gone.result();
      children.delete(this);
    });
    return this;
  }

  /** Runs the target here, in this process. */
  run(): R {
    return this.#target(...this.#args as never[]) as R;
  }

  /**
   * Waits until it has ended, or the timeout passes: ask `isAlive`.
   *
   * @throws {InvalidStateError} if it was not started.
   */
  join(options: WaitOptions = {}): Promise<void> {
    return withdrawable((leave) => {
      this.#checkOpen();
      const { gone } = this.#started("join");
      if (gone.done()) return;
      return thisNode().waiting(waitUntilDone(gone, options.timeout, leave));
    }, { options, call: "Process.join()" });
  }

  /** Sends it SIGTERM, which ends it. */
  terminate(): void {
    this.#signal("terminate", "SIGTERM");
  }

  /** Sends it SIGKILL, which it cannot even notice. */
  kill(): void {
    this.#signal("kill", "SIGKILL");
  }

  /** Asks the target to stop: `checkpoint()` throws there, also in a long loop, and `currentSignal()` aborts. */
  stop(reason: unknown = new StoppedError(`${this.#name} was asked to stop`)): void {
    this.#checkOpen();
    this.#started("stop").stop(0, reason);
  }

  /**
   * Lets go of it; afterwards it cannot be used. Twice does nothing.
   *
   * @throws {InvalidStateError} if it runs.
   */
  close(): void {
    if (this.#closed) return;
    if (this.isAlive) {
      throw new InvalidStateError(
        `Cannot close ${this.#name}: it is still running; join, terminate or kill it first`,
      );
    }
    this.#closed = true;
  }

  /** Returns a snapshot of its counters. */
  statistics(): ProcessStatistics {
    const state = this.#closed
      ? "closed"
      : this.#transport === null
      ? "new"
      : this.#ending === null
      ? "running"
      : "ended";
    const { name, pid, daemon, exitCode } = this;
    const refused = this.#transport?.refused ?? 0;
    return Object.freeze({ name, pid, daemon, state, exitCode, refused });
  }

  /** Ends it if it runs, by SIGKILL where SIGTERM has not ended it within a second, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    if (this.isAlive) {
      this.#transport?.terminate();
      await this.join();
    }
    this.close();
  }

  #call(): Call {
    return {
      fn: this.#target,
      target: targetOf(this.#target),
      args: this.#args,
      isChunk: false,
      onItems: null,
      done: (value) => {
        this.#future.setResult(value as Awaited<R>);
        this.#transport?.finish(0);
      },
      failed: (error) => {
        this.#future.setException(error);
        this.#future.exception(); // told by #report
        this.#transport?.finish(1);
        this.#report(error);
      },
      lost: (error) => this.#lose(error),
    };
  }

  /** Prints an error that nobody has asked for; whoever joins gets the chance to ask for the result first. */
  #report(error: unknown): void {
    if (error instanceof StoppedError) return;
    this.#controller!.gone.addDoneCallback(() =>
      setSoon(() => {
        if (this.#result === null) console.error(`Exception in process ${this.#name}:`, error);
      })
    );
  }

  /** It ended before it gave its result. */
  #lose(error: Error): void {
    const ending = (this.#controller as Controller).gone.result();
    const { exitCode, signal, detail } = ending;
    const cause = error.cause ?? ending.cause;
    this.#future.setException(
      new ProcessExitedError(
        `${this.#name} ended before it gave its result: ${detail}`,
        { exitCode, signal, ...(cause === undefined ? {} : { cause }) },
      ),
    );
    this.#future.exception(); // the exit code tells it too, so that nobody has to look
  }

  #signal(what: string, signal: Deno.Signal): void {
    this.#checkOpen();
    this.#started(what);
    if (this.#ending === null) this.#transport?.kill(signal);
  }

  #started(what: string): Controller {
    if (this.#controller === null) {
      throw new InvalidStateError(`Cannot ${what} ${this.#name}: it was not started`);
    }
    return this.#controller;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new InvalidStateError(`Cannot use ${this.#name}: the process object is closed`);
  }
}
