/**
 * The jobs that may not run yet, and who brings each to where it runs when its time has come.
 *
 * The server itself is the clock: a job that comes too early is given back with the time that is left, which costs none of
 * the places of the jobs that run, and survives all workers. Every worker does this beside its jobs.
 */
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { Connection } from "../connection.ts";
import { LATER_CONSUMER, type QueueNames } from "../names.ts";
import { record } from "../packed.ts";
import type { Publisher } from "../publisher.ts";
import { type JobHead, readJob } from "../records.ts";
import type { Structures } from "../structures.ts";

/** How many are looked at together. */
const BATCH = 256;
/** The longest time for which a job is given back at once, in milliseconds. */
const LONGEST = 3_600_000;

/** See the head of this file. */
export class DueJobs {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #structures: Structures;
  readonly #publisher: Publisher;
  #messages: ConsumerMessages | null = null;
  #isStopped = false;
  #ended: Promise<void> = Promise.resolve();
  /** Told of what cannot be done, and of what is no job. */
  readonly #onError: (error: unknown) => void;
  readonly #onGarbage: () => void;

  constructor(
    connection: Connection,
    names: QueueNames,
    structures: Structures,
    publisher: Publisher,
    events: { onError(error: unknown): void; onGarbage(): void },
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#structures = structures;
    this.#publisher = publisher;
    this.#onError = events.onError;
    this.#onGarbage = events.onGarbage;
  }

  /** Has a job wait for its time. */
  async add(head: JobHead, body: Uint8Array): Promise<void> {
    const msgID = `${head.id}.${head.round ?? 0}`;
    await this.#publisher.store(this.#names.laterJob(head.id), record(head, body), { msgID });
  }

  /** Has a job wait for a worker. */
  async bring(head: JobHead, body: Uint8Array): Promise<void> {
    const msgID = `${head.id}.${head.round ?? 0}`;
    await this.#structures.lane(head.lane);
    await this.#publisher.store(this.#names.job(head.lane, head.id), record(head, body), { msgID });
  }

  /** Begins to bring jobs. */
  async start(): Promise<void> {
    const { js } = this.#connection;
    const consumer = await js.consumers.get(this.#names.later, LATER_CONSUMER);
    this.#ended = (async () => {
      while (!this.#isStopped && !this.#connection.isClosed) {
        const messages = await consumer.consume({ max_messages: BATCH, expires: 5_000 });
        this.#messages = messages;
        if (this.#isStopped) messages.stop();
        void this.#watch(messages);
        for await (const message of messages) void this.#look(message);
      }
    })().catch(this.#onError);
  }

  /** Brings no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#messages?.stop();
    await this.#ended;
  }

  /** The client asks again by itself when the server is silent; what it cannot mend, a consumer that was deleted, is made again. */
  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const status of messages.status()) {
      if (status.type === "heartbeats_missed" && status.count < 3) continue;
      const isGone = ["consumer_deleted", "consumer_not_found", "heartbeats_missed"];
      if (!isGone.includes(status.type) || this.#isStopped) continue;
      await this.#structures.later().catch(this.#onError);
      messages.stop();
    }
  }

  async #look(message: JsMsg): Promise<void> {
    let job: { head: JobHead; body: Uint8Array };
    try {
      job = readJob(message.data);
    } catch {
      this.#onGarbage();
      return message.term(); // it is no job, and never will be
    }
    const { head, body } = job;
    const left = (head.due ?? 0) - Date.now();
    if (left > 0) return message.nak(Math.min(left, LONGEST));
    const { losses } = this.#structures;
    try {
      await this.bring({ ...head, look: true }, body);
      await this.#structures.about(losses, () => message.ack());
    } catch (error) {
      this.#onError(error); // it is not acknowledged, so another brings it
    }
  }
}
