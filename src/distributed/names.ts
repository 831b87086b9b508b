/**
 * All names that a queue has on its server: `Q` is the queue's, `ID` a job's id with a dot for its dash.
 *
 * | stored                | name                 | subject                    | holds                                                                |
 * |-----------------------|----------------------|----------------------------|----------------------------------------------------------------------|
 * | stream, work queue    | `quartet_Q_jobs`     | `quartet.Q.job.LANE.ID`    | jobs until their result is stored; a consumer `lane_LANE` for each priority |
 * | stream, work queue    | `quartet_Q_later`    | `quartet.Q.later.ID`       | jobs that may not run yet: delayed, between two attempts, over a limit |
 * | stream, one a subject | `quartet_Q_results`  | `quartet.Q.result.ID`      | the first result of each job, for `resultTtl`                        |
 * | stream, one a subject | `quartet_Q_dead`     | `quartet.Q.dead.ID`        | jobs that were given up, until they are replayed or purged           |
 * | key-value bucket      | `quartet_Q_limits`   | key: hash of a limit's key | who holds a place under the limit, and until when                    |
 * | object store          | `quartet_Q_args`     | object: a job's id         | arguments that are too big for a message                             |
 * | object store          | `quartet_Q_parts`    | object: a random name      | results and items that are too big for a message, for `resultTtl`    |
 *
 * | not stored                     | from          | to            | says                                                    |
 * |--------------------------------|---------------|---------------|---------------------------------------------------------|
 * | `quartet.Q.wake.LANE.ID`       | the server    | idle workers  | a job was stored (the stream's republish, headers only) |
 * | `quartet.Q.lane.LANE`          | a caller      | all workers   | the lane is used from now on                            |
 * | `quartet.Q.done.ID`            | the server    | the caller    | a result was stored (likewise, whole)                   |
 * | `quartet.Q.note.CALLER`        | a worker      | the caller    | a job began, its progress, items of a stream            |
 * | `quartet.Q.stop.ID`            | the caller    | all workers   | the job is cancelled, and why                           |
 * | `quartet.Q.worker.WORKER`      | the caller    | one worker    | room for items, no more items, a broadcast              |
 * | `quartet.Q.here`               | a worker      | all callers   | it is there, and what it does; each second and when asked |
 * | `quartet.Q.ping`               | anybody       | all workers   | asks who is there                                       |
 */
import { createHash } from "node:crypto";
import { show } from "../core/check.ts";

/** How many priorities there are on a server. */
export const LANES = 10;
/** The lane of priority 0. */
export const NORMAL_LANE = 5;

/** An id is two tokens of a subject with a dash between: who made it, and its number or its key's hash. */
const ID = /^[A-Za-z0-9]{1,32}-[A-Za-z0-9_]{1,64}$/;
const QUEUE = /^[A-Za-z0-9-]{1,64}$/;

/** The names of one queue; see the head of this file. */
export class QueueNames {
  /** The queue's own name. */
  readonly queue: string;
  readonly jobs: string;
  readonly later: string;
  readonly results: string;
  readonly dead: string;
  readonly limits: string;
  readonly args: string;
  readonly parts: string;

  /**
   * @throws {TypeError} if that cannot be a part of a name.
   */
  constructor(queue: string) {
    if (typeof queue !== "string" || !QUEUE.test(queue)) {
      throw new TypeError(
        `Cannot use queue ${show(queue)}: give 1 to 64 letters, digits and dashes`,
      );
    }
    this.queue = queue;
    this.jobs = `quartet_${queue}_jobs`;
    this.later = `quartet_${queue}_later`;
    this.results = `quartet_${queue}_results`;
    this.dead = `quartet_${queue}_dead`;
    this.limits = `quartet_${queue}_limits`;
    this.args = `quartet_${queue}_args`;
    this.parts = `quartet_${queue}_parts`;
  }

  /** Where a job of that lane waits. */
  job(lane: number | "*", id: string): string {
    return this.#subject(`job.${lane}`, id);
  }

  /** Where a job waits for its time. */
  laterJob(id: string): string {
    return this.#subject("later", id);
  }

  /** Where the result of a job is. */
  result(id: string): string {
    return this.#subject("result", id);
  }

  /** Where a job that was given up is. */
  deadJob(id: string): string {
    return this.#subject("dead", id);
  }

  /** Where it is told that a result was stored. */
  done(id: string): string {
    return this.#subject("done", id);
  }

  /** Where a job is cancelled. */
  stop(id: string): string {
    return this.#subject("stop", id);
  }

  /** Everything of that kind: `"job.>"`, `"here"`. */
  all(kind: string): string {
    return `quartet.${this.queue}.${kind}`;
  }

  #subject(kind: string, id: string): string {
    return `quartet.${this.queue}.${kind}.${id.replace("-", ".")}`;
  }
}

/** The consumer of a lane's jobs. */
export function laneConsumer(lane: number): string {
  return `lane_${lane}`;
}

/** The consumer of the jobs that wait for their time. */
export const LATER_CONSUMER = "due";

/** The lane of a priority: whole steps from −5 to 4; what is beyond counts as that. */
export function laneOf(priority: number): number {
  return Math.min(LANES - 1, Math.max(0, Math.round(priority) + NORMAL_LANE));
}

/** The id in the last two tokens of a subject. */
export function idOf(subject: string): string {
  const tokens = subject.split(".");
  return `${tokens.at(-2)}-${tokens.at(-1)}`;
}

/** Whether that can be the id of a job. */
export function isJobId(id: unknown): id is string {
  return typeof id === "string" && ID.test(id);
}

/**
 * Refuses what is no id.
 *
 * @throws {TypeError} if it is none.
 */
export function checkJobId(id: unknown): asserts id is string {
  if (isJobId(id)) return;
  throw new TypeError(`Cannot use job id ${show(id)}: give the id of a job's future`);
}

/** A random name of letters and digits. */
export function randomName(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}

/** A name for any text. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
