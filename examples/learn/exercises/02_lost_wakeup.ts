/** 2. A mailbox for tasks: a task that finds it empty waits for a letter. */
import { Condition } from "@quartet/concurrency/asyncio";

/** Letters, first in, first out. */
export class Mailbox {
  readonly #letters: string[] = [];
  readonly #arrived = new Condition();

  /** Puts a letter in, and wakes one waiter. */
  async put(letter: string): Promise<void> {
    using _held = await this.#arrived.acquire();
    this.#letters.push(letter);
    this.#arrived.notify();
  }

  /** Takes a letter out, as soon as there is one. */
  async get(): Promise<string> {
    if (this.#letters.length === 0) {
      using _held = await this.#arrived.acquire();
      await this.#arrived.wait();
    }
    return this.#letters.shift()!;
  }
}
