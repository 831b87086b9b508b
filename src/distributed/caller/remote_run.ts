/**
 * What one run of a job does on its worker, as the worker's notes tell of it: they come in order, or are lost.
 *
 * Progress that is lost is not told. An item that is lost is sent again, since the worker keeps it until it is seen here.
 */
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { BrokenExecutorError } from "../../core/errors.ts";
import type { Job, JobWorker } from "../../wire/pool/job.ts";
import { ITEMS_AHEAD } from "../../wire/rpc/protocol.ts";
import { record, unpack } from "../packed.ts";
import type { NoteHead, OrderHead } from "../records.ts";
import type { NatsJob } from "./nats_job.ts";
import type { Session } from "./session.ts";

/** How long to wait for a note that may be lost, in milliseconds. */
const PATIENCE = 1_000;
/** How often items are asked for again before they count as lost with their worker. */
const ASKS = 10;
/** After so many items that were taken the worker is told. */
const STEP = ITEMS_AHEAD / 4;

/** See the head of this file. */
export class RemoteRun implements JobWorker {
  /** Its name. */
  readonly run: string;
  readonly #worker: string;
  readonly #session: Session;
  readonly #job: NatsJob;
  readonly #interrupt: (job: NatsJob, reason: unknown) => void;
  /** How many notes have come; of a stream: items. */
  #seen = 0;
  #taken = 0;
  #told = ITEMS_AHEAD;
  #timer: ClockTimer | null = null;
  #onSeen: (() => void) | null = null;
  #isOver = false;
  /** Notes are read one after the other. */
  #reading: Promise<void> = Promise.resolve();

  constructor(
    session: Session,
    job: NatsJob,
    { run, worker }: NoteHead,
    interrupt: (job: NatsJob, reason: unknown) => void,
  ) {
    this.#session = session;
    this.#job = job;
    this.run = run;
    this.#worker = worker;
    this.#interrupt = interrupt;
  }

  /** Whether a reader has something of it that another run would give again. */
  get hasGiven(): boolean {
    return this.#job.onItems !== null && this.#seen > 0;
  }

  /** It has told something. */
  hear(note: NoteHead, body: Uint8Array): void {
    if (note.kind === "began") return;
    this.#reading = this.#reading.then(() => this.#read(note, body)).catch((error) => {
      this.#job.failed(error);
      this.#interrupt(this.#job, error);
    });
    if (this.#job.onItems !== null) this.#expectMore();
  }

  /** Ends when so many notes have been read, or are lost, or the job has ended otherwise; returns whether they were read. */
  async complete(count: number): Promise<boolean> {
    await this.#reading;
    const asks = this.#job.onItems === null ? 1 : ASKS;
    for (let ask = 0; this.#seen < count && ask < asks && !this.#isOver; ask++) {
      if (this.#job.onItems !== null) this.#order();
      await new Promise<void>((resolve) => {
        const timer = setTimer(resolve, PATIENCE);
        this.#onSeen = () => {
          if (this.#seen < count && !this.#isOver) return;
          timer.cancel();
          resolve();
        };
      });
    }
    this.#onSeen = null;
    if (this.#job.onItems !== null) this.#order(); // it has all, and the worker need not keep them
    return this.#seen >= count;
  }

  /** It is over. */
  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#onSeen?.();
  }

  hasBegun(): boolean {
    return true;
  }

  takeBack(): boolean {
    return false;
  }

  interrupt(job: Job, reason: unknown): void {
    this.#interrupt(job as NatsJob, reason);
  }

  taken(_job: Job, count: number): void {
    this.#taken += count;
    if (this.#taken + ITEMS_AHEAD - this.#told >= STEP) this.#order();
  }

  finish(): void {
    this.#send({ ask: "finish", run: this.run });
  }

  async #read(note: NoteHead, body: Uint8Array): Promise<void> {
    const job = this.#job;
    if (note.kind === "progress") {
      if (note.n < this.#seen) return;
      const value = await unpack(await this.#session.parcels.fetch(note.apart, body));
      this.#seen = note.n + 1;
      job.onProgress(value);
    } else {
      if (note.n !== this.#seen) return; // one before it is lost: it comes again
      const value = await unpack(await this.#session.parcels.fetch(note.apart, body));
      await this.#session.parcels.drop(note.apart);
      this.#seen++;
      job.onItems?.([value]);
    }
    this.#onSeen?.();
  }

  /** When no item comes for a while, it may be that one is lost. */
  #expectMore(): void {
    this.#timer?.cancel();
    this.#timer = setTimer(() => {
      if (this.#job.future.done() || this.#job.hasResult) return;
      this.#order();
      this.#expectMore();
    }, PATIENCE);
  }

  #order(): void {
    this.#told = this.#taken + ITEMS_AHEAD;
    this.#send({ ask: "room", run: this.run, seen: this.#seen, upTo: this.#told });
  }

  #send(head: OrderHead): void {
    const { connection, names } = this.#session;
    if (connection.nc.isClosed()) return;
    connection.send(names.all(`worker.${this.#worker}`), record(head, new Uint8Array(0)));
  }
}

/** The error of a stream whose worker died when its reader had items already. */
export function brokenStream(): BrokenExecutorError {
  return new BrokenExecutorError(
    "The worker that ran the generator is lost: its items cannot be given a second time",
  );
}
