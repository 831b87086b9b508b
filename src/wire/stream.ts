import { ITEMS_AHEAD } from "./protocol.ts";

/** A generator on the far side whose items are sent as the near side has room for them. */
export class Stream {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #send: (items: unknown[]) => void;
  #ready: unknown[] = [];
  #room = ITEMS_AHEAD;
  #stopped = false;
  /** The iterator was asked for its next item and has not answered. */
  #asking = false;
  /** Its clean-up, when it was asked for while the iterator waited. */
  #ending: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(source: unknown, send: (items: unknown[]) => void) {
    this.#iterator = iteratorOf(source);
    this.#send = send;
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
    if (this.#asking) this.#ending ??= this.#return();
  }

  /** Runs the generator to its end, or to its `finally` when it is stopped or an item cannot be sent; returns what it returned. */
  async run(): Promise<unknown> {
    while (!this.#stopped) {
      if (this.#room === 0) {
        await (this.#sendAll() ?? this.#wakened());
        continue;
      }
      const step = this.#ask();
      let result: IteratorResult<unknown>;
      if (isPromise(step)) {
        this.#asking = true;
        const sending = this.#sendAll(); // what is ready does not wait for the next step
        if (sending !== null) await sending;
        result = await step;
        this.#asking = false;
      } else result = step;
      if (result.done) {
        this.#flush();
        return result.value;
      }
      this.#ready.push(result.value);
      this.#room--;
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

  /** Sends what is ready; when an item cannot be sent the generator's `finally` runs first, unless it is busy. */
  #sendAll(): Promise<void> | null {
    try {
      this.#flush();
      return null;
    } catch (error) {
      const ending = this.#return();
      const tell = (): Promise<never> => Promise.reject(error);
      if (!this.#asking) return ending.then(tell, tell);
      ending.catch(() => null); // the failure to send is told, and the busy generator may never end
      return tell();
    }
  }

  #flush(): void {
    if (this.#ready.length === 0) return;
    const items = this.#ready;
    this.#ready = [];
    this.#send(items);
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
  const iterable = source as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const make = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof make !== "function") {
    throw new TypeError(
      `Cannot stream ${
        String(source)
      }: the function must be a generator, or return something iterable`,
    );
  }
  return (make as () => Iterator<unknown> | AsyncIterator<unknown>).call(source);
}

function isPromise(value: unknown): value is Promise<IteratorResult<unknown>> {
  return typeof (value as { then?: unknown }).then === "function";
}
