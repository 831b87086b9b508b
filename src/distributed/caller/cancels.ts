import { epochTime } from "../../core/clock.ts";
import { bytesOf, record } from "../packed.ts";
import type { ResultHead } from "../records.ts";
import { packFailure } from "../worker/far_side.ts";
import type { NatsJob } from "./nats_job.ts";
import type { Session } from "./session.ts";

/**
 * Cancels on their way to the server.
 *
 * A cancel is told to all workers, one of which may run the job; it is stored as the job's result, so that it holds whatever
 * they hear; and the job is taken out of the queue.
 */
export class Cancels {
  readonly #caller: string;
  /** How many are not stored yet. */
  pending = 0;

  constructor(caller: string) {
    this.#caller = caller;
  }

  /** Cancels a job that was published; ends when that is stored. */
  async tell(job: NatsJob, reason: unknown, session: Session): Promise<void> {
    await this.#tell(
      job.jobId,
      reason,
      Promise.resolve(session),
      () => this.withdraw(job, session),
    );
  }

  /** Cancels a job that is known by its id alone. */
  async tellById(id: string, reason: unknown, session: Promise<Session>): Promise<void> {
    await this.#tell(id, reason, session, async ({ connection, names }) => {
      const { streams } = connection.jsm;
      await streams.purge(names.jobs, { filter: names.job("*", id) });
      await streams.purge(names.later, { filter: names.laterJob(id) });
    });
  }

  async #tell(
    id: string,
    reason: unknown,
    open: Promise<Session>,
    withdraw: (session: Session) => Promise<void>,
  ): Promise<void> {
    this.pending++;
    let session: Session | null = null;
    try {
      session = await open;
      await tellCancel(session, id, this.#caller, reason);
      await withdraw(session);
    } catch (error) {
      if (session?.connection.isClosed) return; // it is told to nobody any more
      console.error(`Job ${id} could not be cancelled:`, error);
    } finally {
      this.pending--;
    }
  }

  /** Takes the job's message out of the queue, if it is there still. */
  async withdraw(job: NatsJob, { connection, parcels }: Session): Promise<void> {
    if (job.stored === null) return; // that is seen when it is stored
    const { stream, seq } = job.stored;
    await connection.jsm.streams.deleteMessage(stream, seq, false).catch(() => {}); // it is not there any more
    if (job.isApart) await parcels.dropArgs(job.jobId);
  }
}

/** Tells all workers that a job is cancelled, and stores that as its result, unless it has one. */
async function tellCancel(
  { connection, names, results }: Session,
  id: string,
  by: string,
  reason: unknown,
): Promise<void> {
  const packed = await packFailure(reason);
  if (connection.isClosed) return;
  connection.send(names.stop(id), bytesOf(packed));
  const head: ResultHead = {
    v: 1,
    id,
    end: "cancelled",
    worker: by,
    run: by,
    ms: 0,
    began: epochTime(),
    notes: 0,
  };
  await results.store(id, by, record(head, packed));
}
