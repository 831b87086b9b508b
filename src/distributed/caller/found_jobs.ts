import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { epochTime } from "../../core/clock.ts";
import { Future } from "../../core/future.ts";
import { randomName } from "../names.ts";
import { record, unpack } from "../packed.ts";
import { readResult } from "../records.ts";
import { unpackFailure } from "../worker/far_side.ts";
import type { NatsFuture } from "./nats_job.ts";
import type { ResultWatch } from "./result_watch.ts";
import type { Session } from "./session.ts";

/** The future of a job that another executor submitted, or one of another time. */
export class FoundFuture extends Future<unknown> implements NatsFuture<unknown> {
  readonly id: string;
  /** Ends when the job was found. */
  readonly accepted: Promise<void>;
  readonly #onCancel: (reason: CancelledError) => void;

  constructor(
    id: string,
    find: (future: FoundFuture) => Promise<void>,
    onCancel: (reason: CancelledError) => void,
  ) {
    super();
    this.id = id;
    this.#onCancel = onCancel;
    this.accepted = find(this);
    this.accepted.catch((error) => this.fail(error));
  }

  override cancel(message?: string): boolean {
    const isCancelled = super.cancel(message);
    if (isCancelled) this.#onCancel(new CancelledError(message));
    return isCancelled;
  }

  /** Ends it as cancelled. */
  cancelWith(reason: unknown): void {
    this.settleCancelled(reason);
  }

  /** Ends it with a failure, unless it has ended. */
  fail(error: unknown): void {
    if (!this.done()) this.setException(error);
  }
}

/** Jobs that are known by their id alone. */
export class FoundJobs {
  readonly #session: Session;
  readonly #watch: ResultWatch;
  readonly #caller: string;
  readonly #wanted = new Map<string, Set<FoundFuture>>();

  constructor(session: Session, watch: ResultWatch, caller: string) {
    this.#session = session;
    this.#watch = watch;
    this.#caller = caller;
  }

  /**
   * Has the future tell of the job with that id.
   *
   * @throws {InvalidStateError} if there is none, or not any more.
   */
  async find(id: string, future: FoundFuture): Promise<void> {
    this.#want(id, future);
    if (await this.#watch.follow(id) || await this.#waits(id)) return;
    // It may have ended between the two looks.
    if (future.done() || await this.#watch.follow(id)) return;
    throw new InvalidStateError(
      `Cannot find job ${id}: it was never submitted to queue ${this.#session.names.queue}, or its result was kept no longer than resultTtl`,
    );
  }

  /** Has a job that was given up run again, under its id. */
  async replay(id: string, future: FoundFuture): Promise<void> {
    const { dead, results, publisher, names, structures } = this.#session;
    const job = await dead.find(id);
    if (job === null) throw noLetter(id);
    await results.remove(id);
    this.#want(id, future);
    await this.#watch.follow(id);
    const { head, body } = job;
    await structures.lane(head.lane);
    const again = record({ ...head, look: true, caller: this.#caller, at: epochTime() }, body);
    await publisher.store(names.job(head.lane, id), again, { msgID: `${id}.${randomName()}` });
    await dead.remove(id);
  }

  /** Forgets a job that was given up. */
  async purge(id: string): Promise<void> {
    const { dead, parcels } = this.#session;
    const job = await dead.find(id).catch(() => null); // what cannot be read is forgotten too
    if (!await dead.remove(id)) throw noLetter(id);
    if (job?.head.apart) await parcels.dropArgs(id);
  }

  /** A result is stored. */
  async arrive(id: string, bytes: Uint8Array): Promise<void> {
    const futures = this.#wanted.get(id);
    if (futures === undefined) return;
    this.#wanted.delete(id);
    this.#watch.remove(id);
    for (const future of futures) {
      if (future.done()) continue;
      try {
        const { head, body } = readResult(bytes);
        const value = await this.#session.parcels.fetch(head.apart, body);
        if (head.end === "done") future.setResult(await unpack(value));
        else if (head.end === "cancelled") future.cancelWith(await unpackFailure(value));
        else future.fail(await unpackFailure(value));
      } catch (error) {
        future.fail(error);
      }
    }
  }

  /** No more results come. */
  fail(error: Error): void {
    for (const futures of this.#wanted.values()) for (const future of futures) future.fail(error);
    this.#wanted.clear();
  }

  #want(id: string, future: FoundFuture): void {
    const futures = this.#wanted.get(id) ?? new Set();
    this.#wanted.set(id, futures.add(future));
    future.addDoneCallback(() => {
      futures.delete(future);
      if (futures.size > 0 || this.#wanted.get(id) !== futures) return;
      this.#wanted.delete(id);
      this.#watch.remove(id);
    });
  }

  async #waits(id: string): Promise<boolean> {
    const { names, connection: { jsm: { streams } } } = this.#session;
    const found = await Promise.all([
      streams.getMessage(names.jobs, { last_by_subj: names.job("*", id) }),
      streams.getMessage(names.later, { last_by_subj: names.laterJob(id) }),
    ]);
    return found.some((each) => each !== null);
  }
}

function noLetter(id: string): InvalidStateError {
  return new InvalidStateError(
    `Cannot find job ${id} among those that were given up: see deadLetters() for their ids`,
  );
}
