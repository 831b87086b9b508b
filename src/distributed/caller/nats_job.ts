import { now } from "../../core/clock.ts";
import type { Future } from "../../core/future.ts";
import type { AnyFunction } from "../../wire/codec/portable.ts";
import { Job, JobFuture, type JobKind, type JobOwner } from "../../wire/pool/job.ts";
import { hashOf } from "../names.ts";
import type { NatsJobSettings } from "./job_settings.ts";
import type { RemoteRun } from "./remote_run.ts";

/** The future of a job that other machines may run. */
export interface NatsFuture<T> extends Future<T> {
  /** The job's id, under which its result is found from anywhere: see `NatsExecutor.future`. */
  readonly id: string;
  /** Ends when the server has stored the job: from then on it is not lost. Rejects if it could not be stored. */
  readonly accepted: Promise<void>;
}

class AcceptedFuture extends JobFuture<unknown> implements NatsFuture<unknown> {
  readonly #job: NatsJob;

  constructor(job: NatsJob, canBlock: boolean) {
    super(job, canBlock);
    this.#job = job;
  }

  get id(): string {
    return this.#job.jobId;
  }

  get accepted(): Promise<void> {
    return this.#job.accepted;
  }
}

/** One job of an executor, until its result is here. */
export class NatsJob extends Job {
  readonly jobId: string;
  readonly given: NatsJobSettings;
  /** How many calls it is made of, if it is a chunk. */
  readonly size: number;
  /** Where its message is stored: the stream and its place there; `null` before it is. */
  stored: { readonly stream: string; readonly seq: number } | null = null;
  /** Whether its message was given to the server, which may store it at any moment. */
  isPublished = false;
  /** Whether its arguments are kept apart. */
  isApart = false;
  /** The run that its worker told of last. */
  remote: RemoteRun | null = null;
  /** Whether its result has come. */
  hasResult = false;
  #isAccepted = false;
  /** Made when somebody asks for it first. */
  #accepted: PromiseWithResolvers<void> | null = null;

  constructor(
    owner: JobOwner,
    fn: AnyFunction,
    args: unknown[],
    given: NatsJobSettings,
    jobId: string,
    kind?: JobKind,
  ) {
    // Its worker sees to its timeout: only there is it known when it began.
    const { timeout: _, ...settings } = given;
    super(owner, fn, args, settings, now(), kind);
    this.given = given;
    this.jobId = jobId;
    this.size = this.isChunk ? (args[0] as unknown[]).length : 0;
  }

  /** Ends when the server has stored it; with what ended it, if that was before. */
  get accepted(): Promise<void> {
    if (this.#accepted === null) {
      this.#accepted = Promise.withResolvers();
      this.#accepted.promise.catch(() => {}); // its future tells of it too
      this.tellAccepted();
    }
    return this.#accepted.promise;
  }

  /** The server has it, whatever becomes of it. */
  accept(): void {
    this.#isAccepted = true;
    this.tellAccepted();
  }

  /** Tells whoever asked whether it was accepted, as soon as that is known: a result comes from one that was. */
  tellAccepted(): void {
    if (this.#accepted === null) return;
    if (this.#isAccepted || this.hasResult) this.#accepted.resolve();
    else if (this.future.done()) this.#accepted.reject(outcomeOf(this.future));
  }

  protected override makeFuture(canBlock: boolean): JobFuture<unknown> {
    return new AcceptedFuture(this, canBlock);
  }
}

/** The id of a job with that key. */
export function idOfKey(key: string): string {
  return `key-${hashOf(key)}`;
}

function outcomeOf(future: Future<unknown>): unknown {
  try {
    return future.exception();
  } catch (cancelled) {
    return cancelled;
  }
}
