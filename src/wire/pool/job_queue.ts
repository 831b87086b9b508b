import { WaitList } from "../../core/collections/wait_list.ts";
import type { Job } from "./job.ts";

/**
 * The jobs that wait, by priority and then in the order in which they came.
 *
 * A job is a node of its lane's list, so that one that is cancelled leaves from wherever it stands at once:
 * ten thousand of them can be cancelled by one signal.
 */
export class JobQueue {
  /** Highest priority first. */
  #lanes: Lane[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    this.#lane(job).push(job);
    this.#size++;
  }

  /** Puts a job before the others of its priority. */
  unshift(job: Job): void {
    this.#lane(job).unshift(job);
    this.#size++;
  }

  /** The next one, left in place. */
  peek(): Job | undefined {
    return this.#lanes[0]?.jobs.first ?? undefined;
  }

  shift(): Job | undefined {
    const job = this.peek();
    if (job !== undefined) this.remove(job);
    return job;
  }

  /** Takes out this job; returns whether it was there. */
  remove(job: Job): boolean {
    const lane = job.list;
    if (lane === null) return false;
    lane.remove(job);
    this.#size--;
    if (lane.size === 0) this.#lanes.splice(this.#lanes.findIndex(({ jobs }) => jobs === lane), 1);
    return true;
  }

  /** Takes out and returns all. */
  clear(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.shift(); job !== undefined; job = this.shift()) jobs.push(job);
    return jobs;
  }

  #lane(job: Job): WaitList<Job> {
    const { priority = 0 } = job.settings;
    let at = this.#lanes.findIndex((lane) => lane.priority <= priority);
    if (at < 0) at = this.#lanes.length;
    if (this.#lanes[at]?.priority !== priority) {
      this.#lanes.splice(at, 0, { priority, jobs: new WaitList() });
    }
    return this.#lanes[at]!.jobs;
  }
}

/** The jobs of one priority. */
interface Lane {
  readonly priority: number;
  readonly jobs: WaitList<Job>;
}
