import { JobStore } from "./job_store.ts";
import { idOf } from "./names.ts";
import { record } from "./packed.ts";
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

/** The jobs of a queue that were given up, until they are replayed or purged. */
export class DeadLetterStore extends JobStore {
  protected override readonly stream: string = this.names.dead;

  protected override subjectOf(id: string): string {
    return this.names.deadJob(id);
  }

  /** Stores a job with the reason, in the place of what was stored of it before. */
  async add(head: DeadHead, job: Uint8Array): Promise<void> {
    await this.put(head.id, record(head, job), { msgID: `${head.id}.${head.at}` });
  }

  /** All of them, oldest first. */
  async *list(): AsyncGenerator<DeadLetter> {
    const { jsm } = this.connection;
    const { state } = await jsm.streams.info(this.stream);
    const subject = this.names.all("dead.>");
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq;) {
      const found = await jsm.direct.getMessage(this.stream, { seq, next_by_subj: subject });
      if (found === null) return;
      seq = found.seq + 1;
      yield letterOf(idOf(found.subject), found.data);
    }
  }

  /** The job of one; `null` if there is none of that id. */
  async find(id: string): Promise<{ head: JobHead; body: Uint8Array } | null> {
    const letter = await this.read(id);
    return letter === null ? null : readJob(readDead(letter).body);
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
