import type { Connection } from "./connection.ts";
import type { QueueNames } from "./names.ts";
import type { Publisher } from "./publisher.ts";

/** The results of a queue: the first that is stored under a job's id is its result, whatever comes later. */
export class ResultStore {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #publisher: Publisher;

  constructor(connection: Connection, names: QueueNames, publisher: Publisher) {
    this.#connection = connection;
    this.#names = names;
    this.#publisher = publisher;
  }

  /**
   * Stores a result; returns whether it is the first.
   *
   * @param by names who stores it: what is sent twice by the same is one result.
   */
  async store(id: string, by: string, bytes: Uint8Array): Promise<boolean> {
    const storing = { msgID: `${id}.${by}`, isFirst: true };
    return await this.#publisher.store(this.#names.result(id), bytes, storing) !== null;
  }

  /** The result of a job; `null` while there is none. */
  async read(id: string): Promise<Uint8Array | null> {
    const { direct } = this.#connection.jsm;
    const found = await direct.getMessage(this.#names.results, {
      last_by_subj: this.#names.result(id),
    });
    return found?.data ?? null;
  }

  /** Forgets the result of a job that is to run again. */
  async forget(id: string): Promise<void> {
    await this.#connection.jsm.streams.purge(this.#names.results, {
      filter: this.#names.result(id),
    });
  }
}
