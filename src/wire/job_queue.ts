import { Deque } from "../core/mod.ts";
import type { PoolJob } from "./pool_job.ts";

/** The jobs that wait, by priority and then in the order in which they came. */
export class JobQueue {
  /** Highest priority first. */
  #lanes: { priority: number; jobs: Deque<PoolJob> }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(job: PoolJob): void {
    this.#lane(job).push(job);
    this.#size++;
  }

  /** Puts a job before the others of its priority. */
  unshift(job: PoolJob): void {
    this.#lane(job).unshift(job);
    this.#size++;
  }

  /** The next one, left in place. */
  peek(): PoolJob | undefined {
    return this.#lanes[0]?.jobs.peek();
  }

  shift(): PoolJob | undefined {
    const lane = this.#lanes[0];
    if (lane === undefined) return undefined;
    const job = lane.jobs.shift();
    if (lane.jobs.size === 0) this.#lanes.shift();
    this.#size--;
    return job;
  }

  /** Takes out this job; answers whether it was there. */
  remove(job: PoolJob): boolean {
    const at = this.#lanes.findIndex((lane) => lane.priority === priorityOf(job));
    const lane = this.#lanes[at];
    if (lane === undefined || !lane.jobs.remove(job)) return false;
    if (lane.jobs.size === 0) this.#lanes.splice(at, 1);
    this.#size--;
    return true;
  }

  /** Takes out and answers all. */
  clear(): PoolJob[] {
    const jobs = this.#lanes.flatMap((lane) => [...lane.jobs]);
    this.#lanes = [];
    this.#size = 0;
    return jobs;
  }

  #lane(job: PoolJob): Deque<PoolJob> {
    const priority = priorityOf(job);
    let at = this.#lanes.findIndex((lane) => lane.priority <= priority);
    if (at < 0) at = this.#lanes.length;
    if (this.#lanes[at]?.priority !== priority) {
      this.#lanes.splice(at, 0, { priority, jobs: new Deque() });
    }
    return this.#lanes[at]!.jobs;
  }
}

function priorityOf(job: PoolJob): number {
  return job.settings.priority ?? 0;
}
