import type { Connection } from "./connection.ts";
import type { QueueNames } from "./names.ts";
import type { Publisher, Storing } from "./publisher.ts";

/** A stream of a queue in which each job has one message at most, under a subject of its own. */
export abstract class JobStore {
  protected readonly connection: Connection;
  protected readonly names: QueueNames;
  /** The name of the stream. */
  protected abstract readonly stream: string;
  readonly #publisher: Publisher;

  constructor(connection: Connection, names: QueueNames, publisher: Publisher) {
    this.connection = connection;
    this.names = names;
    this.#publisher = publisher;
  }

  /** Where the message of a job is. */
  protected abstract subjectOf(id: string): string;

  /** Stores the message of a job; returns whether it was taken. */
  protected async put(id: string, bytes: Uint8Array, storing: Storing): Promise<boolean> {
    return await this.#publisher.store(this.subjectOf(id), bytes, storing) !== null;
  }

  /** The message of a job; `null` if there is none. */
  async read(id: string): Promise<Uint8Array | null> {
    const { direct } = this.connection.jsm;
    const found = await direct.getMessage(this.stream, { last_by_subj: this.subjectOf(id) });
    return found?.data ?? null;
  }

  /** Forgets the message of a job; returns whether there was one. */
  async remove(id: string): Promise<boolean> {
    const { streams } = this.connection.jsm;
    const { purged } = await streams.purge(this.stream, { filter: this.subjectOf(id) });
    return purged > 0;
  }
}
