import { checkFunction, checkOptions } from "../core/check.ts";
import type { Future } from "../core/future.ts";
import type { AnyFunction } from "../wire/codec/portable.ts";
import { transfer } from "../wire/codec/transfer.ts";
import type { JobSettings } from "../wire/pool/job.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import type { WorkerPool } from "../wire/pool/worker_pool.ts";
import type { ChunkOutcome } from "../wire/rpc/chunk.ts";
import { BaseExecutor } from "./base_executor.ts";
import type { ExecutorStatistics } from "./executor.ts";
import { ItemStream } from "./item_stream.ts";

/** What thread and process pools have in common: all but where their workers come from. */
export abstract class PoolExecutor extends BaseExecutor {
  readonly #pool: WorkerPool;
  /** Those whose generators have not ended. */
  readonly #streams = new Set<{ expectReader(): void }>();

  /**
   * For those that implement one.
   *
   * @param pool where the jobs go.
   * @param width how many jobs the pool can run at once.
   */
  protected constructor(pool: WorkerPool, width: number) {
    super(width);
    this.#pool = pool;
  }

  /** See {@link Executor.stream}. */
  override stream<A extends unknown[], Y>(
    fn: (...args: A) => Iterable<Y> | AsyncIterable<Y>,
    ...args: A
  ): AsyncIterableIterator<Y> {
    const stream = new ItemStream<Y>({
      taken: (count) => job.worker?.taken(job, count),
      finish: () => {
        if (job.future.cancel("no items are wanted")) return;
        job.worker?.finish(job);
      },
      abandon: (reason) => {
        if (job.future.cancel(reason.message)) return;
        job.worker?.interrupt(job, reason, false);
      },
    });
    const job = this.#pool.submit({}, fn as AnyFunction, args, { onItems: stream.onItems });
    stream.endsWith(job.future);
    this.#streams.add(stream);
    job.future.addDoneCallback(() => this.#streams.delete(stream));
    return stream;
  }

  /** Ends when another job may wait; for those who bound the queue by `maxQueue`. */
  room(): Promise<void> {
    return this.#pool.room();
  }

  /** See {@link PoolExecutor.room}. */
  protected override roomToCome(): Promise<void> | null {
    return this.#pool.hasRoom ? null : this.#pool.room();
  }

  /** See {@link Executor.ready}. */
  override ready(): Promise<void> {
    return this.#pool.ready();
  }

  /** See {@link Executor.broadcast}. */
  override broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>[]> {
    checkFunction(fn, "fn");
    return this.#pool.broadcast(fn as AnyFunction, args) as Promise<Awaited<R>[]>;
  }

  /** See {@link Executor.pause}. */
  override pause(): void {
    this.#pool.pause();
  }

  /** See {@link Executor.resume}. */
  override resume(): void {
    this.#pool.gate.resume();
  }

  /** See {@link Executor.onIdle}. */
  override onIdle(): Promise<void> {
    return this.#pool.onIdle();
  }

  /** See {@link Executor.shutdown}. */
  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptions(options, "Executor.shutdown()", "wait: false");
    for (const stream of this.#streams) stream.expectReader();
    return this.#pool.shutdown(options);
  }

  /** See {@link Executor.statistics}. */
  override statistics(): ExecutorStatistics {
    return this.#pool.statistics();
  }

  /** Runs one job. */
  protected override run(settings: JobSettings, fn: AnyFunction, args: unknown[]): Future<unknown> {
    if (settings.transfer !== undefined) transfer(args, settings.transfer);
    return this.#pool.submit(settings, fn, args).future;
  }

  /** Runs several calls of a function as one job. */
  protected override runChunk(
    settings: JobSettings,
    fn: AnyFunction,
    rows: unknown[][],
  ): Future<ChunkOutcome[]> {
    const job = this.#pool.submit(settings, fn, [rows], { isChunk: true });
    return job.future as Future<ChunkOutcome[]>;
  }
}
