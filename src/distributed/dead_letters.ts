import type { Connection } from "./connection.ts";
import { idOf, type QueueNames } from "./names.ts";
import { record } from "./packed.ts";
import type { Publisher } from "./publisher.ts";
import { type DeadHead, type JobHead, readDead, readJob } from "./records.ts";

/** A job that was given up: its worker died each time, or its attempts were used up. */
export interface DeadLetter {
  /** The job's id. */
  readonly id: string;
  /** Its function: module and name. */
  readonly target: string;
  /** Why it was given up: the last error. */
  readonly error: { readonly name: string; readonly message: string };
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was given up. */
  readonly at: Date;
}

/** The jobs of a queue that were given up, one a job: until they are replayed or purged. */
export class DeadLetterStore {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #publisher: Publisher;

  constructor(connection: Connection, names: QueueNames, publisher: Publisher) {
    this.#connection = connection;
    this.#names = names;
    this.#publisher = publisher;
  }

  /** Stores a job with the reason, in the place of what was stored of it before. */
  async add(head: DeadHead, job: Uint8Array): Promise<void> {
    const msgID = `${head.id}.${head.at}`;
    await this.#publisher.store(this.#names.deadJob(head.id), record(head, job), { msgID });
  }

  /** All of them, oldest first. */
  async *list(): AsyncGenerator<DeadLetter> {
    const { jsm } = this.#connection;
    const { state } = await jsm.streams.info(this.#names.dead);
    const subject = this.#names.all("dead.>");
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq;) {
      const found = await jsm.direct.getMessage(this.#names.dead, { seq, next_by_subj: subject });
      if (found === null) return;
      seq = found.seq + 1;
      yield letterOf(idOf(found.subject), found.data);
    }
  }

  /** The job of one; `null` if there is none of that id. */
  async find(id: string): Promise<{ head: JobHead; body: Uint8Array } | null> {
    const subject = this.#names.deadJob(id);
    const { direct } = this.#connection.jsm;
    const found = await direct.getMessage(this.#names.dead, { last_by_subj: subject });
    return found === null ? null : readJob(readDead(found.data).body);
  }

  /** Forgets one; returns whether there was one. */
  async remove(id: string): Promise<boolean> {
    const { streams } = this.#connection.jsm;
    const { purged } = await streams.purge(this.#names.dead, { filter: this.#names.deadJob(id) });
    return purged > 0;
  }
}

function letterOf(id: string, bytes: Uint8Array): DeadLetter {
  try {
    const { head, body } = readDead(bytes);
    const { target } = readJob(body).head;
    const from = target.module === undefined ? "" : `${target.module}#`;
    const { name, message } = head.error;
    return {
      id,
      target: from + target.name,
      error: { name, message },
      attempts: head.attempts,
      at: new Date(head.at),
    };
  } catch (error) {
    const { name, message } = error as Error; // what somebody else wrote there is shown, so that it can be purged
    return { id, target: "", error: { name, message }, attempts: 0, at: new Date(0) };
  }
}
