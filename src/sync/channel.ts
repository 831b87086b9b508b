import {
  EmptyError,
  EOFError,
  FullError,
  InvalidStateError,
  ShutDownError,
} from "../core/errors.ts";
import { FifoStore } from "./item_store.ts";
import { QueueState } from "./queue.ts";

const noReceivers = (): Error =>
  new ShutDownError("Cannot send: all receivers of the channel are closed");
const noSenders = (): Error => new EOFError("All senders of the channel are closed");

/**
 * A queue with ends that are counted, and closed.
 *
 * | closed         | what waits                                     | what comes          |
 * | -------------- | ---------------------------------------------- | ------------------- |
 * | one end        | by this end: error, its item is not delivered  | by this end: error  |
 * | all senders    | receives: `EOFError`                           | what is held, then `EOFError` |
 * | all receivers  | sends: `ShutDownError`, what is held is dropped | sends: `ShutDownError` |
 */
export class ChannelState<T> extends QueueState<T> {
  #senders = 0;
  #receivers = 0;

  /** Makes an empty one without ends. */
  constructor(capacity: number) {
    super(new FifoStore<T>(), capacity, {
      empty: () => new EmptyError("Nothing was sent in time"),
      full: () => new FullError("Nobody received in time"),
    });
  }

  /** How many open sending ends there are. */
  get senders(): number {
    return this.#senders;
  }

  /** How many open receiving ends there are. */
  get receivers(): number {
    return this.#receivers;
  }

  /** One sending end more. */
  addSender(): void {
    this.#senders++;
  }

  /** One receiving end more. */
  addReceiver(): void {
    this.#receivers++;
  }

  /** One sending end less; what waits to be sent by it is not sent. */
  dropSender(end: unknown): void {
    this.putters.failThose(end, () => closed("send"));
    if (--this.#senders === 0) this.refuseTake(noSenders);
  }

  /** One receiving end less; what waits to receive by it receives nothing. */
  dropReceiver(end: unknown): void {
    this.takers.failThose(end, () => closed("receive"));
    if (--this.#receivers > 0) return;
    this.refusePut(noReceivers);
    this.discard();
  }
}

/** The error of a closed end. */
export function closed(what: "send" | "receive"): InvalidStateError {
  return new InvalidStateError(`Cannot ${what}: this end of the channel is closed`);
}
