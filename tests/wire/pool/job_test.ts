import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "@quartet/concurrency/testing";
import { CancelledError, TimeoutError } from "../../../src/core/errors.ts";
import { Job, type JobOwner, type JobState, type JobWorker } from "../../../src/wire/pool/job.ts";

/** A worker that begins its job when it is told to. */
class OneWorker implements JobWorker {
  readonly jobs = new Set<Job>();
  begins = false;
  interrupted = 0;
  hasBegun(): boolean {
    return this.begins;
  }
  takeBack(job: Job): boolean {
    if (this.begins || !this.jobs.delete(job)) return false;
    job.returned();
    return true;
  }
  interrupt(): void {
    this.interrupted++;
  }
}

/** Withdraws as the pool does: from the line, or from the worker that has not begun it. */
const owner: JobOwner = {
  canBlock: true,
  withdraw: (job) => job.worker === null || job.worker.takeBack(job),
};

Deno.test("a job's timeout does not run while the job, taken back, waits again", async () => {
  await using clock = new VirtualClock();
  const job = new Job(owner, () => {}, [], { timeout: 50 }, clock.now());
  job.watch();
  job.sent(new OneWorker(), 0);
  job.returned();
  await clock.advance(1_000);
  assertEquals(job.state, "waiting");
  job.sent(new OneWorker(), 1);
  await clock.advance(60);
  await assertRejects(() => job.future.then(), TimeoutError, "50 ms");
});

Deno.test("a job that was taken back is still bound by its queueTimeout, from its submission", async () => {
  await using clock = new VirtualClock();
  const job = new Job(owner, () => {}, [], { queueTimeout: 100 }, clock.now());
  job.watch();
  await clock.advance(40);
  job.sent(new OneWorker(), 0);
  await clock.advance(40);
  job.returned();
  await clock.advance(10);
  assertEquals(job.state, "waiting");
  await clock.advance(15);
  await assertRejects(() => job.future.then(), TimeoutError, "100 ms");
});

/** The table at the head of job.ts: what each event makes of each state; where nothing stands it cannot come. */
const TABLE: Record<Event, Partial<Record<JobState, JobState>>> = {
  sent: { waiting: "sent" },
  returned: { sent: "waiting", settled: "settled" },
  begins: { sent: "running", settled: "settled" },
  done: { sent: "settled", running: "settled", settled: "settled" },
  failed: { waiting: "settled", sent: "settled", running: "settled", settled: "settled" },
  lost: { sent: "settled", running: "settled", settled: "settled" },
  withdrawn: { waiting: "settled", sent: "settled", running: "running", settled: "settled" },
  aborted: { waiting: "settled", sent: "settled", running: "settled", settled: "settled" },
  // On a worker its own timeout ends it long before.
  "queue time passes": { waiting: "settled", settled: "settled" },
  "run time passes": {
    waiting: "waiting",
    sent: "settled",
    running: "settled",
    settled: "settled",
  },
};

type Event =
  | "sent"
  | "returned"
  | "begins"
  | "done"
  | "failed"
  | "lost"
  | "withdrawn"
  | "aborted"
  | "queue time passes"
  | "run time passes";

const EVENTS = Object.keys(TABLE) as Event[];
const QUEUE_TIMEOUT = 1_000_000;
const TIMEOUT = 10;

/** One job, its worker, and what the table says of it. */
class Trial {
  readonly job: Job;
  readonly worker = new OneWorker();
  readonly #clock: VirtualClock;
  readonly #abort = new AbortController();
  state: JobState = "waiting";
  ends = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    const settings = { timeout: TIMEOUT, queueTimeout: QUEUE_TIMEOUT, signal: this.#abort.signal };
    this.job = new Job(owner, () => {}, [{ a: 1 }], settings, clock.now());
    assert(this.job.capture("thread"));
    this.job.watch();
    this.job.future.addDoneCallback((future) => {
      this.ends++;
      if (!future.cancelled()) future.exception();
    });
  }

  /** Whether the event can come now: a worker tells only of jobs that it has, and begins one once. */
  can(event: Event): boolean {
    if (TABLE[event][this.state] === undefined) return false;
    const isThere = this.worker.jobs.has(this.job);
    switch (event) {
      case "sent":
        return !isThere;
      case "returned":
      case "begins":
        return isThere && !this.worker.begins;
      case "done":
      case "lost":
        return isThere;
      default:
        return true;
    }
  }

  async take(event: Event): Promise<void> {
    const { job, worker } = this;
    const before = this.state;
    this.state = TABLE[event][before]!;
    switch (event) {
      case "sent":
        worker.jobs.add(job);
        job.sent(worker, 7);
        break;
      case "returned":
        worker.jobs.delete(job);
        job.returned();
        break;
      case "begins":
        worker.begins = true;
        break;
      case "done":
        job.done(1);
        worker.jobs.delete(job);
        break;
      case "failed":
        job.failed(new Error("it failed"));
        break;
      case "lost":
        job.lost(new Error("its worker is gone"));
        worker.jobs.delete(job);
        break;
      case "withdrawn":
        assertEquals(
          job.future.cancel("unwanted"),
          before === "settled" ? job.future.cancelled() : this.state === "settled",
        );
        break;
      case "aborted":
        this.#abort.abort(new CancelledError("aborted"));
        break;
      case "queue time passes":
        await this.#clock.advance(
          Math.max(0, job.submittedAt + QUEUE_TIMEOUT + 1 - this.#clock.now()),
        );
        break;
      case "run time passes":
        await this.#clock.advance(TIMEOUT + 1);
        break;
    }
  }

  check(): void {
    const { job } = this;
    assertEquals(job.state, this.state);
    assertEquals(this.ends, this.state === "settled" ? 1 : 0, "a job ends once");
    assertEquals(job.future.done(), this.state === "settled");
    assertEquals(job.future.running(), this.state === "running");
    assertEquals(job.encoded === null, this.state === "settled", "its arguments are let go of");
    if (this.state === "waiting") assertEquals(job.worker, null);
  }
}

/** Every order of up to `length` events that can come. */
async function* orders(length: number): AsyncGenerator<Event[]> {
  const open: Event[][] = [[]];
  for (let order = open.pop(); order !== undefined; order = open.pop()) {
    yield order;
    if (order.length === length) continue;
    await using clock = new VirtualClock();
    const trial = new Trial(clock);
    for (const event of order) await trial.take(event);
    for (const event of EVENTS) {
      if (trial.can(event)) open.push([...order, event]);
    }
    trial.job.cancel("the trial is over");
  }
}

Deno.test("a job keeps to its table in every order of five events, and ends once", async () => {
  let tried = 0;
  const reached = new Set<string>();
  for await (const order of orders(5)) {
    await using clock = new VirtualClock();
    const trial = new Trial(clock);
    trial.check();
    for (const event of order) {
      const before = trial.state;
      await trial.take(event);
      try {
        trial.check();
      } catch (error) {
        throw new Error(`${order.join(", ")}: after "${event}"`, { cause: error });
      }
      reached.add(`${before} ${event}`);
    }
    tried++;
    trial.job.cancel("the trial is over");
    assertEquals(trial.ends, 1);
  }
  const inTable = EVENTS.flatMap((event) =>
    Object.keys(TABLE[event]).map((state) => `${state} ${event}`)
  );
  assertEquals(inTable.filter((row) => !reached.has(row)), [], "rows that no order reached");
  assert(tried > 1_000, `only ${tried} orders`);
});

Deno.test("a job that is aborted or too slow while its worker has it asks the worker to stop, once", async () => {
  await using clock = new VirtualClock();
  for (const event of ["aborted", "run time passes"] as const) {
    const trial = new Trial(clock);
    for (const each of ["sent", "begins", event, event, "failed"] as const) await trial.take(each);
    assertEquals(trial.worker.interrupted, 1);
    assertEquals(trial.job.worker, trial.worker);
    trial.check();
  }
});
