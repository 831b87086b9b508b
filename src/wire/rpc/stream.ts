import { show } from "../../core/check.ts";
import type { EncodedValue } from "../codec/codec.ts";
import { UnwantedError } from "./call_work.ts";
import { ITEMS_AHEAD } from "./protocol.ts";

/** What a stream does with its items. */
export interface StreamSink<E = EncodedValue> {
  /** Readies an item; throws if it cannot cross. */
  capture(item: unknown): E;
  /** Sends items; the first of them is the generator's item number `first`. */
  send(first: number, items: readonly E[]): void;
}

/**
 * A generator that a job runs, whose items are sent as their reader has room for them.
 *
 * An item is captured when it is yielded: the generator may use it again. One that cannot cross ends the
 * stream with the error that says so, behind the items that came before it.
 */
export class Stream<E = EncodedValue> {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #sink: StreamSink<E>;
  #ready: E[] = [];
  #sent = 0;
  #room: number;
  #stopped = false;
  /** The iterator was asked for its next item and has not answered. */
  #asking = false;
  /** Its clean-up, when it was asked for while the iterator waited. */
  #ending: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  /** @param room for how many items there is room at first. */
  constructor(source: unknown, sink: StreamSink<E>, room: number = ITEMS_AHEAD) {
    this.#iterator = iteratorOf(source);
    this.#sink = sink;
    this.#room = room;
  }

  /** How many items it has sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Makes room for so many more items. */
  allow(count: number): void {
    this.#room += count;
    this.#wake?.();
  }

  /** No more items are wanted; an iterator that waits for its next one is asked to end. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    if (!this.#asking || this.#ending !== null) return;
    this.#ending = this.#return();
    this.#ending.catch(() => {}); // told where it is awaited, unless the step before it fails
  }

  /** Runs the generator to its end, or to its `finally` when it is stopped or an item cannot be sent; returns what it returned. */
  async run(): Promise<unknown> {
    try {
      return await this.#runOn();
    } catch (error) {
      if (error instanceof UnwantedError) return undefined;
      throw error;
    }
  }

  async #runOn(): Promise<unknown> {
    while (!this.#stopped) {
      if (this.#room === 0) {
        this.#flush();
        await this.#wakened();
        continue;
      }
      const step = this.#ask();
      let result: IteratorResult<unknown>;
      if (isPromise(step)) {
        this.#asking = true;
        this.#flush(); // what is ready does not wait for the next step
        result = await step;
        this.#asking = false;
      } else result = step;
      if (result.done) {
        this.#flush();
        return result.value;
      }
      const refused = this.#add(result.value);
      if (refused !== null) await refused;
    }
    await (this.#ending ?? this.#return());
    return undefined;
  }

  /** The next step; what is ready is not lost when it fails. */
  #ask(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    try {
      return this.#iterator.next();
    } catch (error) {
      this.#flush();
      throw error;
    }
  }

  async #return(): Promise<void> {
    await this.#iterator.return?.(undefined);
  }

  /** Takes an item. When it cannot cross the generator's `finally` runs, then the promise rejects. */
  #add(item: unknown): Promise<never> | null {
    try {
      this.#ready.push(this.#sink.capture(item));
      this.#room--;
      return null;
    } catch (error) {
      this.#flush();
      const tell = (): Promise<never> => Promise.reject(error);
      return this.#return().then(tell, tell);
    }
  }

  #flush(): void {
    if (this.#ready.length === 0) return;
    const items = this.#ready;
    const first = this.#sent;
    this.#ready = [];
    this.#sent += items.length;
    this.#sink.send(first, items);
  }

  #wakened(): Promise<void> {
    if (this.#room > 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}

function iteratorOf(source: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  const iterable = checkStreamable(source);
  const make = (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator] ??
    (iterable as Iterable<unknown>)[Symbol.iterator];
  return make.call(iterable);
}

/**
 * Returns what a function returned whose items are wanted.
 *
 * @throws {TypeError} if it is not iterable.
 */
export function checkStreamable(source: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  const iterable = source as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const make = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof make === "function") return source as Iterable<unknown>;
  throw new TypeError(
    `Cannot stream ${show(source)}: the function must be a generator, or return something iterable`,
  );
}

function isPromise(value: unknown): value is Promise<IteratorResult<unknown>> {
  return typeof (value as { then?: unknown }).then === "function";
}
