import { type ClockTimer, realClock } from "../core/clock.ts";
import type { Work } from "../core/current.ts";
import { type CallerContext, captureFlow, inheritContext } from "../core/inheritance.ts";
import type { ChunkCalls } from "../core/mapping/chunk.ts";
import { type AnyFunction, isStub, resolveTarget, targetOf } from "../wire/codec/portable.ts";
import { Job } from "../wire/pool/job.ts";
import { runChunk } from "../wire/rpc/chunk.ts";

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
  #grace: ClockTimer | null = null;

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
    return this.isChunk ? runChunk(this.fn, args as unknown as ChunkCalls) : call(this.fn, args);
  }

  /** Asks it to stop, while it runs. */
  stop(reason: unknown): void {
    this.#grace ??= realClock.setTimer(() => {
      this.failed(reason);
      this.onGivenUp?.();
    }, STOP_GRACE);
    this.#controller.abort(reason);
  }

  /** It has ended, whatever its future says. */
  end(): void {
    this.#grace?.cancel();
    this.#grace = null;
    this.onGivenUp = null;
  }
}

/** Calls a function in line; one that only stands for another's module loads it first. */
function call(fn: AnyFunction, args: readonly unknown[]): unknown {
  if (!isStub(fn)) return fn(...args as never[]);
  return resolveTarget(targetOf(fn)).then((found) => found(...args as never[]));
}
