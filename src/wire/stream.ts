import { ITEMS_AHEAD } from "./protocol.ts";

/** A generator on the far side whose items are sent as the near side has room for them. */
export class Stream {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #send: (items: unknown[]) => void;
  #ready: unknown[] = [];
  #room = ITEMS_AHEAD;
  #stopped = false;
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

  /** No more items are wanted. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Runs the generator to its end, or to its `finally` when it is stopped; answers what it returned. */
  async run(): Promise<unknown> {
    while (!this.#stopped) {
      if (this.#room === 0) {
        this.#flush();
        await this.#wakened();
        continue;
      }
      const result = await this.#next();
      if (result.done) {
        this.#flush();
        return result.value;
      }
      this.#ready.push(result.value);
      this.#room--;
    }
    await this.#iterator.return?.(undefined);
    return undefined;
  }

  /** The next step; what is ready does not wait for it, and is not lost when it fails. */
  #next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    try {
      const step = this.#iterator.next();
      if (isPromise(step)) this.#flush();
      return step;
    } catch (error) {
      this.#flush();
      throw error;
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
