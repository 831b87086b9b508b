import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { EmptyError, EOFError, FullError } from "../../core/errors.ts";
import { ChannelState, closed } from "../../sync/channel.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { makeWaiter } from "./wait_in.ts";

/** What a channel counts. */
export interface ChannelStatistics {
  /** How many items are on their way. */
  readonly size: number;
  /** How many it can hold; 0: each item waits for its receiver. */
  readonly capacity: number;
  /** How many open sending ends there are. */
  readonly senders: number;
  /** How many open receiving ends there are. */
  readonly receivers: number;
  /** How many wait to send. */
  readonly waitingToSend: number;
  /** How many wait to receive. */
  readonly waitingToReceive: number;
}

/**
 * The end of a channel that sends; from `openChannel`.
 *
 * - `clone()` makes another end; the channel ends for the receivers when all are closed. Close the one
 *   that you have cloned too.
 */
export class Sender<T> implements Disposable {
  readonly #channel: ChannelState<T>;
  #closed = false;

  /** For `openChannel`. */
  constructor(channel: unknown) {
    this.#channel = channel as ChannelState<T>;
    this.#channel.addSender();
  }

  /**
   * Sends `item`, and waits until it is taken or there is room for it.
   *
   * @param options.timeout milliseconds; then `FullError` is thrown.
   * @throws {ShutDownError} if all receivers are closed.
   * @throws {InvalidStateError} if this end is closed.
   */
  send(item: T, options?: WaitOptions): Eventual<void> {
    const channel = this.#channel;
    try {
      this.#checkOpen();
      if (options !== undefined) checkBounds(options, "Sender.send()");
      if (channel.offer(item)) return settled(undefined);
      if (isOver(options)) throw new FullError("Nobody received in time");
    } catch (error) {
      return failed(error);
    }
    const waiter = makeWaiter<void, T>(channel.putting, item);
    waiter.note = this;
    channel.enqueuePutter(waiter);
    return waiter.wait(options);
  }

  /** Sends `item` if that needs no wait; returns whether. */
  trySend(item: T): boolean {
    this.#checkOpen();
    return this.#channel.offer(item);
  }

  /** Another end that sends. */
  clone(): Sender<T> {
    this.#checkOpen();
    return new Sender<T>(this.#channel);
  }

  /**
   * Closes this end; a second time nothing happens. What waits to be sent by it is not sent, and fails with
   * `InvalidStateError`.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.dropSender(this);
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Returns a snapshot of how full the channel is and how many wait. */
  statistics(): ChannelStatistics {
    return statisticsOf(this.#channel);
  }

  #checkOpen(): void {
    if (this.#closed) throw closed("send");
  }
}

/**
 * The end of a channel that receives; from `openChannel`.
 *
 * - `for await` takes items until all senders are closed.
 * - `clone()` makes another end; each item goes to one of them.
 */
export class Receiver<T> implements Disposable, AsyncIterable<T> {
  readonly #channel: ChannelState<T>;
  #closed = false;

  /** For `openChannel`. */
  constructor(channel: unknown) {
    this.#channel = channel as ChannelState<T>;
    this.#channel.addReceiver();
  }

  /**
   * Takes the next item, and waits for one if there is none.
   *
   * @param options.timeout milliseconds; then `EmptyError` is thrown.
   * @throws {EOFError} if all senders are closed and everything was received.
   * @throws {InvalidStateError} if this end is closed.
   */
  receive(options?: WaitOptions): Eventual<T> {
    const channel = this.#channel;
    try {
      this.#checkOpen();
      if (options !== undefined) checkBounds(options, "Receiver.receive()");
      if (channel.available) return settled(channel.take(), channel.taking);
      channel.checkTake();
      if (isOver(options)) throw new EmptyError("Nothing was sent in time");
    } catch (error) {
      return failed(error);
    }
    const waiter = makeWaiter<T>(channel.taking, undefined);
    waiter.note = this;
    channel.enqueueTaker(waiter);
    return waiter.wait(options);
  }

  /** Takes the next item if there is one, else `undefined`. */
  tryReceive(): T | undefined {
    this.#checkOpen();
    if (this.#channel.available) return this.#channel.take();
    this.#channel.checkTake();
    return undefined;
  }

  /** Another end that receives. */
  clone(): Receiver<T> {
    this.#checkOpen();
    return new Receiver<T>(this.#channel);
  }

  /**
   * Closes this end; a second time nothing happens. What waits to receive by it gets nothing, and fails with
   * `InvalidStateError`.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.dropReceiver(this);
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes items until all senders are closed. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const channel = this.#channel;
    const isOpen = (): boolean => !this.#closed;
    return new PulledItems<T>(
      (options) => this.receive(options),
      (error) => error instanceof EOFError,
      false,
      {
        get available() {
          return isOpen() && channel.available;
        },
        take: () => channel.take(),
        taking: channel.taking,
      },
    );
  }

  /** Returns a snapshot of how full the channel is and how many wait. */
  statistics(): ChannelStatistics {
    return statisticsOf(this.#channel);
  }

  #checkOpen(): void {
    if (this.#closed) throw closed("receive");
  }
}

/**
 * A channel between tasks: an end that sends and an end that receives.
 *
 * - Bounded by default: with capacity 0 each item waits for the one who receives it.
 * - Both ends can be cloned and must be closed (`using`); the loop over a receiver ends when all senders
 *   are closed, and sending fails when all receivers are.
 *
 * Source: trio's `open_memory_channel`.
 *
 * @param capacity how many items may be on their way; default 0.
 * @throws {RangeError} if it is below 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openChannel, run, TaskGroup } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const [sender, receiver] = openChannel<number>();
 *   await using group = new TaskGroup();
 *   group.createTask(async () => {
 *     using end = sender;
 *     for (const n of [1, 2, 3]) await end.send(n);
 *   });
 *   const got: number[] = [];
 *   for await (const n of receiver) got.push(n);
 *   assertEquals(got, [1, 2, 3]);
 * });
 * ```
 */
export function openChannel<T>(capacity = 0): [Sender<T>, Receiver<T>] {
  if (!(capacity === Infinity || (Number.isInteger(capacity) && capacity >= 0))) {
    throw new RangeError(
      `Cannot open a channel of capacity ${
        show(capacity)
      }: give a whole number from 0 on, or Infinity`,
    );
  }
  const channel = new ChannelState<T>(capacity);
  return [new Sender<T>(channel), new Receiver<T>(channel)];
}

function statisticsOf(channel: ChannelState<unknown>): ChannelStatistics {
  return Object.freeze({
    size: channel.size,
    capacity: channel.room,
    senders: channel.senders,
    receivers: channel.receivers,
    waitingToSend: channel.putters.size,
    waitingToReceive: channel.takers.size,
  });
}
