import { ITEMS_AHEAD } from "../../wire/rpc/protocol.ts";
import type { Packed } from "../packed.ts";
import type { NotedRun, NoteSender } from "./note_sender.ts";

/**
 * Sends the items of a stream as its reader has room for them.
 *
 * An item is kept until the reader has it: a message to it may be lost, and it asks for the items again then.
 */
export class ItemSender {
  readonly #run: NotedRun;
  readonly #notes: NoteSender;
  readonly #iterator: AsyncIterator<Packed, unknown>;
  /** Items that were sent and may be lost: the first is number `#seen`. */
  readonly #kept: Packed[] = [];
  #seen = 0;
  #upTo = ITEMS_AHEAD;
  #isFinished = false;
  #wake: (() => void) | null = null;
  /** What is sent is sent in order. */
  #sending: Promise<void> = Promise.resolve();

  constructor(run: NotedRun, notes: NoteSender, iterator: AsyncIterator<Packed, unknown>) {
    this.#run = run;
    this.#notes = notes;
    this.#iterator = iterator;
  }

  /** How many items there were. */
  get count(): number {
    return this.#seen + this.#kept.length;
  }

  /** Whether the reader has all of them. */
  get isRead(): boolean {
    return this.#kept.length === 0;
  }

  /** The reader has the first `seen` items, and takes those before `upTo`; what it has not is sent again. */
  allow(seen: number, upTo: number): void {
    if (seen > this.count || seen < this.#seen) return;
    this.#kept.splice(0, seen - this.#seen);
    const isStuck = this.#seen === seen && upTo <= this.#upTo;
    this.#seen = seen;
    this.#upTo = Math.max(this.#upTo, Math.min(upTo, seen + ITEMS_AHEAD));
    if (isStuck) this.#kept.forEach((bytes, index) => this.#send(seen + index, bytes));
    this.#wake?.();
  }

  /** No more items are wanted: the generator's `finally` runs. */
  finish(): void {
    this.#isFinished = true;
    this.#wake?.();
  }

  /** Sends all; returns what the generator returned, or `null` if it was finished. */
  async send(): Promise<unknown> {
    while (!this.#isFinished) {
      if (this.count >= this.#upTo) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = null;
        continue;
      }
      const step = await this.#next();
      if (step === null) break;
      if (step.done) {
        await this.#sending;
        return step.value;
      }
      this.#kept.push(step.value);
      this.#send(this.count - 1, step.value);
    }
    await this.#iterator.return?.();
    return null;
  }

  /** The next step; `null` when it is finished first. */
  #next(): Promise<IteratorResult<Packed, unknown> | null> {
    return new Promise((resolve, reject) => {
      this.#wake = () => this.#isFinished && resolve(null);
      this.#iterator.next().then(resolve, reject);
    });
  }

  #send(n: number, bytes: Packed): void {
    this.#sending = this.#sending.then(() => this.#notes.item(this.#run, n, bytes));
    this.#sending.catch(() => {}); // told where it is awaited
  }
}
