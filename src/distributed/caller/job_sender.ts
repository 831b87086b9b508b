import { epochTime } from "../../core/clock.ts";
import { lookIntoTarget } from "../../wire/codec/portable.ts";
import { laneOf } from "../names.ts";
import { type Packed, record } from "../packed.ts";
import type { JobHead } from "../records.ts";
import { DEFAULT_ACK_WAIT, DEFAULT_MAX_DELIVER, type StructureSettings } from "../structures.ts";
import { retryHead } from "./job_settings.ts";
import type { NatsJob } from "./nats_job.ts";
import type { ResultWatch } from "./result_watch.ts";
import type { Session } from "./session.ts";

const NOTHING = new Uint8Array(0);

/** Writes jobs, and has the server store them. */
export class JobSender {
  readonly #caller: string;
  readonly #structure: StructureSettings;
  #serial = 0;

  constructor(caller: string, structure: StructureSettings) {
    this.#caller = caller;
    this.#structure = structure;
  }

  /** Has the server store the job, unless one with its key is there; ends when it is. */
  async send(job: NatsJob, args: Packed, session: Session, watch: ResultWatch): Promise<void> {
    lookIntoTarget(job.target); // its error classes are known by the time at which it may fail
    if (job.given.key === undefined) watch.add(job.jobId);
    else if (await isThere(job, session, watch)) return job.accept();
    const { names, publisher, parcels, structures } = session;
    const { jobId } = job;
    const lane = laneOf(job.given.priority ?? 0);
    if (parcels.isBig(args)) {
      job.isApart = true;
      await parcels.keepArgs(jobId, args);
    }
    const head = this.#headOf(job, lane);
    const bytes = record(head, job.isApart ? NOTHING : args);
    await structures.lane(lane);
    if (job.future.done()) return;
    job.isPublished = true;
    const isKeyed = job.given.key !== undefined;
    const subject = head.due === undefined ? names.job(lane, jobId) : names.laterJob(jobId);
    // A key may come again after its result is gone: that is another job then.
    const msgID = isKeyed ? `${jobId}.${this.#caller}.${this.#serial++}` : `${jobId}.0`;
    const stored = await publisher.store(subject, bytes, { msgID, isFirst: isKeyed });
    if (stored !== null) job.stored = stored;
    job.accept();
  }

  #headOf(job: NatsJob, lane: number): JobHead {
    const { timeout, onProgress, retries, limit, delay, key } = job.given;
    const at = epochTime();
    return {
      v: 1,
      id: job.jobId,
      target: job.target,
      shape: job.isChunk ? "chunk" : job.onItems === null ? "call" : "stream",
      lane,
      caller: this.#caller,
      at,
      ackWait: this.#structure.ackWait ?? DEFAULT_ACK_WAIT,
      maxDeliver: this.#structure.maxDeliver ?? DEFAULT_MAX_DELIVER,
      timeout: timeout === Infinity ? undefined : timeout,
      carries: job.carried === undefined ? undefined : true,
      progress: onProgress === undefined ? undefined : true,
      retries: retryHead(retries),
      limit,
      look: key === undefined ? undefined : true,
      due: delay ? at + delay : undefined,
      apart: job.isApart ? true : undefined,
    };
  }
}

/** Whether a job with the same key waits, for a worker or its time, runs, or has its result there. */
async function isThere(
  { jobId }: NatsJob,
  { names, connection: { jsm: { streams } } }: Session,
  watch: ResultWatch,
): Promise<boolean> {
  if (await watch.follow(jobId)) return true;
  const found = await Promise.all([
    streams.getMessage(names.jobs, { last_by_subj: names.job("*", jobId) }),
    streams.getMessage(names.later, { last_by_subj: names.laterJob(jobId) }),
  ]);
  return found.some((each) => each !== null);
}
