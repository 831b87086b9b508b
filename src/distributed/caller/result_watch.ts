import type { Subscription } from "@nats-io/transport-node";
import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import { idOf } from "../names.ts";
import type { Session } from "./session.ts";

/** How often it is looked for results that may have been missed, and after which wait, in milliseconds. */
const [SWEEP, MISSED] = [5_000, 10_000];
/** How many are looked for in one sweep; and at once, so that a server does not cut off a caller that was slow for being slow again. */
const [A_SWEEP, AT_ONCE] = [2_000, 8];

/**
 * Waits for the results of jobs.
 *
 * The server tells of a result when it has stored it, by a message that may be lost. So when the connection was gone, and
 * where a wait is long, the store itself is asked.
 */
export class ResultWatch {
  readonly #session: Session;
  readonly #onResult: (id: string, bytes: Uint8Array) => void;
  /** The ids whose results are waited for, and when each was last asked for. */
  readonly #awaited = new Map<string, number>();
  readonly #followed = new Map<string, Subscription>();
  #timer: ClockTimer | null = null;
  #isAsking = false;
  /** The connection was gone, so any result may have been missed. */
  #isMissing = false;

  constructor(session: Session, caller: string, onResult: (id: string, bytes: Uint8Array) => void) {
    this.#session = session;
    this.#onResult = onResult;
    const { connection, names } = session;
    connection.subscribe(names.all(`done.${caller}.*`), (message) => {
      onResult(idOf(message.subject), message.data);
    });
    connection.onReconnect(() => {
      this.#isMissing = true;
      void this.#askAll();
    });
  }

  /** Waits for the result of a job of this caller. */
  add(id: string): void {
    this.#awaited.set(id, now());
    this.#timer ??= setTimer(() => this.#sweep(), SWEEP);
  }

  /** Waits for the result of any job; ends when it would not be missed any more, with whether it was there already. */
  async follow(id: string): Promise<boolean> {
    const { connection, names } = this.#session;
    if (!this.#followed.has(id)) {
      const heard = connection.subscribe(names.done(id), ({ data }) => this.#onResult(id, data));
      this.#followed.set(id, heard);
      await connection.flush();
    }
    this.add(id);
    return await this.#askOne(id);
  }

  /** The result is known, or not waited for any more. */
  remove(id: string): void {
    this.#awaited.delete(id);
    const heard = this.#followed.get(id);
    if (heard !== undefined && !this.#session.connection.nc.isClosed()) heard.unsubscribe();
    this.#followed.delete(id);
    if (this.#awaited.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Waits for nothing more. */
  close(): void {
    for (const id of [...this.#awaited.keys()]) this.remove(id);
  }

  async #askOne(id: string): Promise<boolean> {
    const bytes = await this.#session.results.read(id);
    if (bytes === null) return false;
    this.#onResult(id, bytes);
    return true;
  }

  #sweep(): void {
    this.#timer = setTimer(() => this.#sweep(), SWEEP);
    void this.#askAll();
  }

  /** Asks for the results of long waits; after a break for all. */
  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    do {
      const before = this.#isMissing ? Infinity : now() - MISSED;
      const most = this.#isMissing ? Infinity : A_SWEEP;
      this.#isMissing = false;
      const ids: string[] = [];
      for (const [id, asked] of this.#awaited) {
        if (asked <= before && ids.push(id) >= most) break;
      }
      await this.#ask(ids);
    } while (this.#isMissing);
    this.#isAsking = false;
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const left = ids.values();
    const askRest = async (): Promise<void> => {
      for (const id of left) {
        if (!this.#awaited.delete(id)) continue;
        this.#awaited.set(id, now()); // behind the others
        await this.#askOne(id).catch(() => {}); // the server is away: the next sweep asks again
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askRest));
  }
}
