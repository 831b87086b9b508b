import { type ClockTimer, realClock } from "../core/clock.ts";
import type { Work } from "../core/current.ts";
import { runAs } from "../core/flow/async_work.ts";
import { type CallerContext, captureFlow, inheritContext } from "../core/inheritance.ts";
import type { ChunkCalls } from "../core/mapping/chunk.ts";
import { type AnyFunction, isStub, resolveTarget, targetOf } from "../wire/codec/portable.ts";
import { Job } from "../wire/pool/job.ts";
import { UnwantedError } from "../wire/rpc/call_work.ts";
import { runChunk } from "../wire/rpc/chunk.ts";
import { checkStreamable, Stream } from "../wire/rpc/stream.ts";

/** How long a job that was asked to stop may go on before its place is given to another, in milliseconds. */
const STOP_GRACE = 1_000;

/** One job of this thread, which is also what `currentSignal()` and `checkpoint()` find while it runs. */
export class InlineJob extends Job implements Work {
  context: unknown = inheritContext();
  /** What flows where it was submitted; `null`: nothing. */
  readonly flow: CallerContext | null = captureFlow();
  readonly #controller = new AbortController();
  /** Called when it was asked to stop and has not ended within the grace. */
  onGivenUp: (() => void) | null = null;
  /** Called when it is a stream and its generator is made. */
  onStreaming: (() => void) | null = null;
  #grace: ClockTimer | null = null;
  /** Its generator, when it is one and has begun. */
  #stream: Stream<unknown> | null = null;
  /** How many readers waited before the generator began. */
  #wanted = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  checkpoint(): void {
    this.#controller.signal.throwIfAborted();
  }

  report(progress: unknown): void {
    this.onProgress(progress);
  }

  /** Calls its function. */
  run(): unknown {
    const { args } = this;
    this.args = [];
    if (this.onItems !== null) return this.#runStream(call(this.fn, args), this.onItems);
    return this.isChunk ? runChunk(this.fn, args as unknown as ChunkCalls) : call(this.fn, args);
  }

  /** A reader waits: its generator makes an item. None is made ahead, since items are shared and not copied. */
  makeItem(): void {
    if (this.#stream === null) this.#wanted++;
    else this.#stream.allow(1);
  }

  /** No more items are wanted; its generator is asked to end. */
  finish(): void {
    this.#end(new UnwantedError());
  }

  /** Asks it to stop, while it runs. */
  stop(reason: unknown): void {
    this.#grace ??= realClock.setTimer(() => {
      this.failed(reason);
      this.onGivenUp?.();
    }, STOP_GRACE);
    this.#end(reason);
  }

  /** It has ended, whatever its future says. */
  end(): void {
    this.#grace?.cancel();
    this.#grace = null;
    this.onGivenUp = null;
    this.onStreaming = null;
  }

  #end(reason: unknown): void {
    this.#controller.abort(reason);
    const stream = this.#stream;
    if (stream !== null) runAs(this, () => stream.stop()); // which may call the iterator's return()
  }

  async #runStream(source: unknown, give: (items: unknown[]) => void): Promise<unknown> {
    const stream = new Stream<unknown>(itemsOf(await source), {
      capture: (item) => item,
      send: (_first, items) => give(items as unknown[]),
    }, this.#wanted);
    this.#stream = stream;
    this.onStreaming?.();
    if (this.signal.aborted) stream.stop(); // before there was a stream
    return await stream.run();
  }
}

/** What is iterated over; promises in a list are awaited, as `for await` does. */
function itemsOf(source: unknown): AsyncIterable<unknown> {
  const iterable = checkStreamable(source) as Partial<AsyncIterable<unknown>>;
  if (iterable[Symbol.asyncIterator] !== undefined) return iterable as AsyncIterable<unknown>;
  return inTurn(iterable as Iterable<unknown>);
}

/** The items of `source`, awaited one after the other. */
async function* inTurn(source: Iterable<unknown>): AsyncGenerator<unknown, unknown> {
  return yield* source as unknown as AsyncIterable<unknown>;
}

/** Calls a function in line; one that only stands for another's module loads it first. */
function call(fn: AnyFunction, args: readonly unknown[]): unknown {
  if (!isStub(fn)) return fn(...args as never[]);
  return resolveTarget(targetOf(fn)).then((found) => found(...args as never[]));
}
