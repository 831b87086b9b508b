import { Heap } from "../../core/collections/heap.ts";
import { WaitList } from "../../core/collections/wait_list.ts";
import type { Job } from "./job.ts";

/**
 * The jobs that wait, by priority and then in the order in which they came.
 *
 * - A job is a node of its lane's list, so that one that is cancelled leaves from wherever it stands at once: ten
 *   thousand of them can be cancelled by one signal.
 * - The lanes stand in a heap, and by their priorities in a map: a job costs no more among a thousand priorities than
 *   the logarithm of that, and nothing of it while its lane has others.
 * - A lane that became empty leaves when it comes to the top, or with the others when half of all are empty.
 */
export class JobQueue {
  /** Highest priority first. */
  readonly #lanes = new Heap<Lane>((a, b) => a.priority > b.priority);
  /** The lanes of the heap. */
  readonly #byPriority = new Map<number, Lane>();
  #size = 0;
  /** How many of the lanes are empty. */
  #empty = 0;
  /** Ends jobs that come back instead of letting them wait. */
  #end: ((job: Job) => void) | null = null;

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    this.#lane(job).push(job);
    this.#size++;
  }

  /** Puts a job that has come back before the others of its priority. */
  unshift(job: Job): void {
    if (this.#end !== null) return this.#end(job);
    this.#lane(job).unshift(job);
    this.#size++;
  }

  /** The next one, left in place. */
  peek(): Job | undefined {
    let lane = this.#lanes.peek();
    while (lane !== undefined && lane.jobs.size === 0) {
      this.#lanes.pop();
      this.#byPriority.delete(lane.priority);
      this.#empty--;
      lane = this.#lanes.peek();
    }
    return lane?.jobs.first ?? undefined;
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
    if (lane.size === 0) this.#becameEmpty();
    return true;
  }

  /** Takes out and returns all. */
  clear(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.shift(); job !== undefined; job = this.shift()) jobs.push(job);
    return jobs;
  }

  /** Ends all, and those that come back later from a worker that has not begun them. */
  endAll(end: (job: Job) => void): void {
    this.#end = end;
    this.clear().forEach(end);
  }

  /** The lane for a job that comes. */
  #lane(job: Job): WaitList<Job> {
    const { priority = 0 } = job.settings;
    const lane = this.#byPriority.get(priority);
    if (lane !== undefined) {
      if (lane.jobs.size === 0) this.#empty--;
      return lane.jobs;
    }
    const jobs = new WaitList<Job>();
    const added = { priority, jobs };
    this.#byPriority.set(priority, added);
    this.#lanes.push(added);
    return jobs;
  }

  #becameEmpty(): void {
    this.#empty++;
    if (this.#empty < FEW || 2 * this.#empty < this.#lanes.size) return;
    for (const { priority, jobs } of this.#lanes) {
      if (jobs.size === 0) this.#byPriority.delete(priority);
    }
    this.#lanes.retain(({ jobs }) => jobs.size > 0);
    this.#empty = 0;
  }
}

/** Fewer empty lanes than this are left where they are. */
const FEW = 32;

/** The jobs of one priority. */
interface Lane {
  readonly priority: number;
  readonly jobs: WaitList<Job>;
}
