import { BrokenExecutorError } from "../../core/errors.ts";
import { epochTime } from "../../core/clock.ts";
import type { Connection } from "../connection.ts";
import type { QueueNames } from "../names.ts";
import { record } from "../packed.ts";
import { readJob, type ResultHead } from "../records.ts";
import { packFailure } from "./far_side.ts";
import type { RunContext } from "./job_run.ts";

/**
 * The last net: jobs that the server itself has given up.
 *
 * A worker counts a job's deaths itself and gives it up in time. A job that kills each worker before that can count is
 * delivered three times more; then the server tells so, once, and keeps its message for ever. One of the workers
 * makes it a dead letter.
 */
export class LostJobs {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #context: Pick<RunContext, "dead" | "results" | "counts" | "worker">;
  readonly #onError: (error: unknown) => void;

  constructor(
    connection: Connection,
    names: QueueNames,
    context: Pick<RunContext, "dead" | "results" | "counts" | "worker">,
    onError: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#context = context;
    this.#onError = onError;
  }

  /** Listens until the connection closes; of all workers one is told. */
  watch(): void {
    const { jobs } = this.#names;
    this.#connection.nc.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${jobs}.*`, {
      queue: jobs,
      callback: (_error, message) => {
        this.#bury(message.json<{ stream_seq?: unknown; deliveries?: unknown }>()).catch(
          this.#onError,
        );
      },
    });
  }

  async #bury(advisory: { stream_seq?: unknown; deliveries?: unknown }): Promise<void> {
    const seq = Number(advisory.stream_seq);
    const deliveries = Number(advisory.deliveries);
    const { streams } = this.#connection.jsm;
    const found = await streams.getMessage(this.#names.jobs, { seq });
    if (found === null) return;
    const { head } = readJob(found.data);
    const { id } = head;
    const { dead, results, counts, worker } = this.#context;
    const error = new BrokenExecutorError(
      `The job was given up: it was given to workers ${deliveries} times, and none came so far as to count that`,
    );
    counts.dead++;
    const { name, message } = error;
    await dead.add(
      { v: 1, id, error: { name, message }, attempts: deliveries, at: Date.now() },
      found.data,
    );
    const at = epochTime();
    const result: ResultHead = {
      v: 1,
      id,
      end: "failed",
      worker,
      run: worker,
      ms: 0,
      began: at,
      notes: 0,
      attempts: deliveries,
    };
    await results.store(id, worker, record(result, await packFailure(error)));
    await streams.deleteMessage(this.#names.jobs, seq);
  }
}
