/**
 * To hear by the event loop what other threads announce on a word: they change it and wake its sleepers.
 *
 * The same word can be slept on by this thread while it blocks (`park.ts`): whoever hears first reads, and the other
 * finds nothing.
 */
import { setSoon } from "../../core/clock.ts";
import { load } from "../memory/words.ts";
import { futexWaitAsync } from "./futex.ts";

/** Has something to read after an announcement. */
export interface AnnouncedReader {
  /** Takes what has been announced; if that fails it can be called again for the rest. */
  read(): void;
}

/** What is read at announcements on one word of this thread; keeps no process alive. */
export class Announcements {
  readonly #word: number;
  readonly #readers = new Set<AnnouncedReader>();
  /** Ends when they can be read. */
  readonly #ready: Promise<unknown>;
  #isListening = false;

  constructor(word: number, ready: Promise<unknown>) {
    this.#word = word;
    this.#ready = ready;
  }

  /** Has `reader` read from now on, what has been announced before included. */
  add(reader: AnnouncedReader): void {
    this.#readers.add(reader);
    if (this.#isListening) return;
    this.#isListening = true;
    void this.#listen();
  }

  /** Has it read no more. */
  delete(reader: AnnouncedReader): void {
    this.#readers.delete(reader);
  }

  async #listen(): Promise<void> {
    await this.#ready;
    for (;;) {
      const announced = load(this.#word);
      for (const reader of this.#readers) readAll(reader);
      const sleep = futexWaitAsync(this.#word, announced);
      if (sleep !== null) await sleep;
      else await new Promise<void>(setSoon); // more has come: first it is the turn of whatever else is due
    }
  }
}

/** One that fails keeps neither its own rest nor the others from being read, as in a listener of an event. */
function readAll(reader: AnnouncedReader): void {
  try {
    reader.read();
  } catch (error) {
    reportError(error);
    readAll(reader);
  }
}
