/**
 * The far side: receives calls, runs them, replies.
 *
 * - Calls run in the order in which they came, one at a time; asynchronous ones overlap up to the
 *   concurrency of the setup.
 * - Outcomes are sent in batches, but none waits longer than the calls that fit into a fraction of a
 *   millisecond.
 * - Whatever a call does, it is answered: a result that cannot cross is answered with the `TransferError`.
 */
import { realClock } from "../../core/clock.ts";
import { asError, isThenable as hasThen } from "../../core/check.ts";
import { setBaseWork } from "../../core/current.ts";
import { StoppedError } from "../../core/errors.ts";
import { addSpan, startTrace, stopTrace, trace, traceTime } from "../../core/trace.ts";
import { type CallRunner, CallWork, UnwantedError } from "./call_work.ts";
import type { Source } from "../../shared/memory/handle.ts";
import {
  captureOnce,
  decode,
  decodeFailure,
  type EncodedValue,
  encodeFailure,
  missingModules,
} from "../codec/codec.ts";
import { importing } from "../codec/import_guard.ts";
import { ResultBatcher } from "./result_batcher.ts";
import { type AnyFunction, resolveTarget, type Target } from "../codec/portable.ts";
import { Mode, Op, RUN_WIDTH, type Setup } from "./protocol.ts";
import type { Claims } from "./slot_table.ts";
import type { Stream } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** A call that has come and not begun. */
interface Call {
  readonly id: number;
  readonly fn: number;
  readonly args: unknown;
  readonly marked: boolean;
  readonly mode: number;
  readonly slot: number;
}

/** What runs on the far side of a transport. */
export class WorkerLoop implements CallRunner {
  readonly #gone = Promise.withResolvers<void>();
  /** Whether the transport has closed. */
  isGone = false;
  readonly #transport: Transport;
  /** Whoever started this side may tell it what to load. */
  readonly #source: Source;
  readonly #claims: Claims | null;
  readonly #outcomes: ResultBatcher;
  readonly #functions: (AnyFunction | undefined)[] = [];
  readonly #targets: Target[] = [];
  /** At most as many as the controller may send ahead. */
  readonly #waiting: Call[] = [];
  readonly #running = new Map<number, CallWork>();
  readonly #streams = new Map<number, Stream>();
  /** Awaited after the last call and before the transport closes; told whether what it runs on may be kept. */
  atEnd: ((keeps: boolean) => Promise<void>) | null = null;
  /** Calls that were asked to stop before they began. */
  readonly #early = new Map<number, unknown>();
  #lastBegun = -1;
  #concurrency = 1;
  #active = 0;
  /** The call that is on the stack. */
  #present: CallWork | null = null;
  /** The time, when it was asked for a moment ago; 0: ask again. */
  #freshTime = 0;
  /** Nothing begins: not set up yet, or a module is being imported. */
  #blocked = true;
  /** The call whose module is being imported; -1 for none. */
  #loading = -1;
  /** A call is on the stack, so a message that it polls must not begin another one. */
  #inside = false;
  #ending = false;
  /** Whether what this runs on may be kept: not after a call that was stopped, or whose module failed and stays so. */
  #keeps = true;
  /** Nothing begins any more. */
  #left = false;
  readonly #prepare: () => Promise<void>;
  #runAs: ((work: CallWork, fn: () => unknown) => unknown) | null = null;

  /** @param prepare what is done before the first call. */
  constructor(transport: Transport, claims: Claims | null, prepare: () => Promise<void>) {
    this.#prepare = prepare;
    this.#transport = transport;
    this.#source = transport.reach === "thread" ? "thread" : "parent";
    this.#claims = claims;
    this.#outcomes = new ResultBatcher(transport, claims);
    transport.onMessage = (message) => this.#receive(message as unknown[]);
    transport.onUnreadable = () => this.#transport.send([Op.UNREAD]);
    transport.onClose = () => {
      this.#left = true;
      this.isGone = true;
      this.#gone.resolve();
      for (const work of this.#running.values()) {
        work.stop(new StoppedError("The other side is gone"));
      }
    };
    transport.start();
  }

  /** Resolves when the transport has closed. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Begins nothing more; what has ended is told. Called when this thread or process is about to go. */
  leave(): void {
    this.#left = true;
    this.#outcomes.flush();
  }

  /** Reports an error outside of any call; the worker is lost. */
  crash(error: unknown): void {
    this.leave();
    const { value } = encodeFailure(asError(error), this.#transport.reach);
    this.#transport.send([Op.CRASHED, value]);
    this.#transport.close();
  }

  #receive(message: unknown[]): void {
    switch (message[0]) {
      case Op.SETUP:
        this.#setUp(message[1] as Setup);
        break;
      case Op.DEFINE:
        this.#targets[message[1] as number] = message[2] as Target;
        break;
      case Op.RUN:
        for (let i = 1; i < message.length; i += RUN_WIDTH) {
          this.#waiting.push({
            id: message[i] as number,
            fn: message[i + 1] as number,
            args: message[i + 2],
            marked: message[i + 3] as boolean,
            mode: message[i + 4] as number,
            slot: message[i + 5] as number,
          });
        }
        this.#pump();
        break;
      case Op.STOP:
        this.#stop(message[1] as number, decodeFailure(message[2], this.#source));
        break;
      case Op.REVOKE:
        this.#claims?.revoke?.(message.slice(1) as number[]);
        break;
      case Op.PING:
        this.#transport.send([Op.PONG]);
        break;
      case Op.PULL:
        this.#streams.get(message[1] as number)?.allow(message[2] as number);
        break;
      case Op.RETURN:
        this.#stop(message[1] as number, new UnwantedError());
        break;
      case Op.ASK:
        this.#tellCalls(message[1] as number);
        break;
      case Op.END:
        this.#ending = true;
        this.#keeps &&= message[1] === true;
        this.#pump();
        break;
    }
  }

  /** Sees to urgent messages while a call does not return to the event loop. */
  poll(): void {
    this.#transport.poll();
  }

  /** Tells which calls are here: the others up to `last` were lost on their way, or settled. */
  #tellCalls(last: number): void {
    this.#outcomes.flush();
    const ids = [...this.#running.keys(), ...this.#waiting.map((call) => call.id)];
    if (this.#present !== null) ids.push(this.#present.id);
    if (this.#loading >= 0) ids.push(this.#loading);
    const have = ids.flatMap((id) => [id, this.#streams.get(id)?.sent ?? 0]);
    this.#transport.send([Op.HAVE, last, ...have]);
  }

  /** Asks a call to stop; one that has not begun, as while its module is imported, is asked when it begins. */
  #stop(id: number, reason: unknown): void {
    this.#keeps = false;
    if (id > this.#lastBegun) this.#early.set(id, reason);
    this.#work(id)?.stop(reason);
    this.#streams.get(id)?.stop();
  }

  #work(id: number): CallWork | undefined {
    return this.#present?.id === id ? this.#present : this.#running.get(id);
  }

  async #setUp(setup: Setup): Promise<void> {
    trace.lane = setup.name;
    if (setup.trace) startTrace();
    else if (trace.active) stopTrace(); // of the thread that was here before
    this.#concurrency = setup.concurrency;
    if (setup.concurrency > 1) {
      const flow = await import("../../core/flow/async_work.ts");
      this.#runAs = (work, fn) => flow.runInEpoch(work.id + 1, () => flow.runAs(work, fn));
      this.#transport.followWork?.(flow.epochOfFlow);
    }
    await this.#prepare();
    this.#transport.send([Op.READY]);
    this.#blocked = false;
    this.#pump();
  }

  /** Begins calls until one has to be waited for. */
  #pump(): void {
    if (this.#inside) return;
    this.#freshTime = 0;
    while (!this.#blocked && !this.#left && this.#active < this.#concurrency) {
      if (this.#waiting.length === 0) break;
      this.#outcomes.before(this.#waiting[0] as Call);
      if (this.#waitsForWrite()) break;
      const call = this.#waiting.shift() as Call;
      if (this.#claims !== null && call.slot >= 0 && !this.#claims.take(call.slot)) {
        if (this.#claims.isBroken === true) this.#transport.send([Op.UNNOTED]);
        this.#early.delete(call.id);
        this.#outcomes.revoked(call.id);
        continue;
      }
      const fn = this.#functions[call.fn];
      const missing = call.marked
        ? missingModules({ value: call.args, marked: true }, this.#source)
        : null;
      if (
        fn === undefined || isPartMissing(call.mode) || (missing !== null && missing.length > 0)
      ) {
        this.#load(call, missing ?? []);
      } else {
        this.#begin(call, fn);
      }
    }
    this.#outcomes.flush();
    if (this.#active > 0 || this.#waiting.length > 0 || this.#blocked) return;
    if (!this.#ending) {
      if (!this.#left) this.#transport.idle?.();
    } else {
      this.#ending = false;
      const ended = this.atEnd?.(this.#keeps) ?? Promise.resolve();
      ended.finally(() => this.#transport.close());
    }
  }

  /**
   * Whether what was sent is still on its way to the system: the next call has to wait for that. A process may be
   * killed in it, and what had ended before must not be lost with it.
   */
  #waitsForWrite(): boolean {
    const written = this.#transport.written?.() ?? null;
    if (written === null) return false;
    this.#blocked = true;
    written.then(() => {
      this.#blocked = false;
      this.#pump();
    });
    return true;
  }

  /** Imports what a call needs; the calls behind it wait, so that the order holds. */
  #load(call: Call, modules: string[]): void {
    this.#blocked = true;
    this.#loading = call.id;
    this.#outcomes.flush();
    const target = this.#targets[call.fn] as Target;
    importing(target.module ?? "an inline function", async () => {
      for (const module of modules) await import(module);
      await loadPart(call.mode);
      return this.#functions[call.fn] ?? await resolveTarget(target);
    }).then(
      (fn) => {
        this.#functions[call.fn] = fn;
        this.#blocked = false;
        this.#loading = -1;
        this.#freshTime = 0; // loading took a while
        if (this.#left) return; // the worker went meanwhile
        this.#begin(call, fn);
        this.#pump();
      },
      (error) => {
        this.#keeps = false;
        this.#blocked = false;
        this.#loading = -1;
        this.#early.delete(call.id);
        this.#outcomes.failed(call.id, error, 0, 0);
        this.#pump();
      },
    );
  }

  #begin(call: Call, fn: AnyFunction): void {
    const work = new CallWork(this, call.id);
    const began = this.#freshTime === 0 ? realClock.now() : this.#freshTime;
    this.#present = work;
    this.#lastBegun = call.id;
    if (this.#early.size > 0 && this.#early.has(call.id)) {
      work.stop(this.#early.get(call.id));
      this.#early.delete(call.id);
    }
    let result: unknown;
    let isThenable: boolean;
    this.#inside = true;
    if (this.#runAs === null) setBaseWork(work);
    this.#transport.beginWork?.(call.id + 1);
    try {
      const args = decode({ value: call.args, marked: call.marked }, this.#source) as never[];
      if ((call.mode & Mode.CARRYING) !== 0) work.carried = args.shift();
      if (this.#runAs !== null) result = this.#runAs(work, () => this.#call(work, call, fn, args));
      else result = this.#call(work, call, fn, args);
      isThenable = hasThen(result); // which may be a getter that throws
    } catch (error) {
      this.#outcomes.failed(call.id, error, began, this.#ended(call, began));
      return;
    } finally {
      this.#inside = false;
      this.#present = null;
    }
    if (!isThenable) {
      this.#outcomes.succeeded(call.id, result, began, this.#ended(call, began));
      return;
    }
    this.#active++;
    this.#running.set(call.id, work);
    const settle = (report: (ended: number) => void): void => {
      this.#active--;
      this.#running.delete(call.id);
      report(this.#ended(call, began));
      this.#pump();
    };
    // A promise of its own: what only looks like one may settle twice, throw, or never settle.
    const promise = result instanceof Promise ? result : Promise.resolve(result);
    promise.then(
      (value) => settle((ended) => this.#outcomes.succeeded(call.id, value, began, ended)),
      (error) => settle((ended) => this.#outcomes.failed(call.id, error, began, ended)),
    );
  }

  #call(work: CallWork, call: Call, fn: AnyFunction, args: never[]): unknown {
    const mode = call.mode & ~Mode.CARRYING;
    if (mode === Mode.STREAM) return this.#stream(work, fn(...args));
    if (mode === Mode.CHUNK) {
      const chunk = new parts.chunk!.EncodedChunk(this.#transport.reach);
      const rest = parts.chunk!.runEach(fn, args as unknown as [unknown[], boolean], chunk);
      return rest === undefined ? chunk : rest.then(() => chunk);
    }
    return fn(...args);
  }

  /** Sees to the end of a call, and returns when that was. */
  #ended(call: Call, began: number): number {
    const ended = realClock.now();
    this.#freshTime = ended;
    this.#outcomes.took(call.fn, ended - began);
    if (this.#runAs === null) setBaseWork(undefined);
    if (trace.active) {
      const { name } = this.#targets[call.fn] as Target;
      const end = traceTime();
      addSpan({ lane: trace.lane, name, kind: "job", start: end - (ended - began), end });
    }
    return ended;
  }

  async #stream(work: CallWork, source: unknown): Promise<unknown> {
    const { id } = work;
    const iterable = hasThen(source) ? await source : source;
    const stream = new parts.stream!.Stream(iterable, {
      capture: (item) => captureOnce(item, this.#transport.reach),
      send: (first, items) => this.#sendItems(id, first, items),
    });
    this.#streams.set(id, stream);
    if (work.isStopped) stream.stop(); // before there was a stream
    try {
      return await stream.run();
    } finally {
      this.#streams.delete(id);
    }
  }

  /** Sends what a call tells of itself. */
  sendProgress(id: number, progress: unknown): void {
    this.#outcomes.spoke(id);
    const { value, marked, moves } = captureOnce(progress, this.#transport.reach);
    this.#transport.send([Op.PROGRESS, id, value, marked], moves && [...moves]);
  }

  #sendItems(id: number, first: number, items: readonly EncodedValue[]): void {
    this.#outcomes.spoke(id);
    const moves: Transferable[] = [];
    const message: unknown[] = [Op.ITEMS, id, first];
    for (const item of items) {
      message.push(item.value, item.marked);
      for (const move of item.moves ?? []) moves.push(move);
    }
    this.#transport.send(message, moves);
  }
}

/** What only calls of some modes need, loaded with the first of them: a starting thread pays for each module. */
const parts: { chunk?: typeof import("./chunk.ts"); stream?: typeof import("./stream.ts") } = {};

function isPartMissing(mode: number): boolean {
  const kind = mode & ~Mode.CARRYING;
  return (kind === Mode.CHUNK && parts.chunk === undefined) ||
    (kind === Mode.STREAM && parts.stream === undefined);
}

async function loadPart(mode: number): Promise<void> {
  const kind = mode & ~Mode.CARRYING;
  if (kind === Mode.CHUNK) parts.chunk ??= await import("./chunk.ts");
  if (kind === Mode.STREAM) parts.stream ??= await import("./stream.ts");
}
