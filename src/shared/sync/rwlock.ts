/**
 * Many readers or one writer, on the words of a block.
 *
 *     word         what stands there
 *     MUTEX        guards the others
 *     READERS      how many read
 *     WRITER       the thread that writes, as the word of a lock names its holder; 0: none
 *     READ_LINE    0 for good: readers stand in line here
 *     WRITE_LINE   0 for good: writers stand in line here
 *
 *     held by        one that comes to read        one that comes to write
 *     nobody         reads                         writes
 *     readers        reads, if no writer waits     waits
 *     a writer       waits                         waits
 *
 * The last reader that leaves admits the first writer; a writer that leaves admits all waiting readers, or the next
 * writer if none waits. To be woken is to have been admitted: none that comes later can be faster.
 */
import { DeadlockError } from "../../core/errors.ts";
import { type Memory, onAbandoned } from "../memory/memory.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";
import { holder, release, takeBriefly } from "./mutex.ts";

const MUTEX = 1, READERS = 2, WRITER = 3, READ_LINE = 4, WRITE_LINE = 5;

/** How many words its block has, the counts included. */
export const RWLOCK_SIZE = 6;

/** The lock in the block at an address. */
export class RWLockState {
  readonly #memory: Memory;
  readonly #at: number;

  constructor(memory: Memory, at: number) {
    this.#memory = memory;
    this.#at = at;
  }

  /** How many read. */
  get readers(): number {
    return this.#memory.load(this.#at + READERS);
  }

  /** The thread that writes; 0 for none. */
  get writer(): number {
    return holder(this.#memory, this.#at + WRITER);
  }

  /** How many wait to read. */
  get waitingReaders(): number {
    return this.#memory.parkedAt(this.#at + READ_LINE);
  }

  /** How many wait to write. */
  get waitingWriters(): number {
    return this.#memory.parkedAt(this.#at + WRITE_LINE);
  }

  /** Begins to read if that is possible at once. */
  tryRead(): boolean {
    takeBriefly(this.#memory, this.#at + MUTEX);
    const may = mayRead(this.#memory, this.#at);
    if (may) this.#memory.add(this.#at + READERS, 1);
    release(this.#memory, this.#at + MUTEX, false);
    return may;
  }

  /** Begins to write if that is possible at once. */
  tryWrite(): boolean {
    takeBriefly(this.#memory, this.#at + MUTEX);
    const may = this.#mayWrite();
    if (may) this.#memory.store(this.#at + WRITER, this.#memory.me << 1);
    release(this.#memory, this.#at + MUTEX, false);
    return may;
  }

  /** Waits until it may read; `false` when the deadline passed. */
  *reading(what: string, bounds: Bounds): Waiting<boolean> {
    takeBriefly(this.#memory, this.#at + MUTEX);
    if (!mayRead(this.#memory, this.#at)) {
      return yield* this.#standIn(READ_LINE, WaitKind.read, what, bounds);
    }
    this.#memory.add(this.#at + READERS, 1);
    release(this.#memory, this.#at + MUTEX, false);
    return true;
  }

  /** Waits until it may write; `false` when the deadline passed. */
  *writing(what: string, bounds: Bounds): Waiting<boolean> {
    takeBriefly(this.#memory, this.#at + MUTEX);
    if (!this.#mayWrite()) return yield* this.#standIn(WRITE_LINE, WaitKind.write, what, bounds);
    this.#memory.store(this.#at + WRITER, this.#memory.me << 1);
    release(this.#memory, this.#at + MUTEX, false);
    return true;
  }

  /** Ends one reading; `false` if nobody reads. */
  endReading(): boolean {
    return endReading(this.#memory, this.#at);
  }

  /** Ends the writing; `false` if nobody writes. */
  endWriting(): boolean {
    return endWriting(this.#memory, this.#at);
  }

  /** Waits in a line, with the mutex held at first. To be woken is to have been admitted. */
  *#standIn(line: number, kind: number, what: string, bounds: Bounds): Waiting<boolean> {
    const memory = this.#memory, at = this.#at;
    let held = true;
    const how = yield {
      at: at + line,
      expected: 0,
      ...bounds,
      kind,
      owner: at + WRITER,
      enlisted: () => {
        held = false;
        release(memory, at + MUTEX, false);
      },
    };
    if (held) release(memory, at + MUTEX, false);
    if (how === "woken") return true;
    if (line === WRITE_LINE) reconsider(memory, at);
    if (how === "orphaned") {
      throw new DeadlockError(
        `${what} can never succeed: thread ${
          JSON.stringify(memory.nameOf(holder(memory, at + WRITER)))
        } ended while writing; release with try … finally or "using", or call releaseWrite() for it`,
      );
    }
    throwIfEnded(how, what, bounds);
    return false;
  }

  #mayWrite(): boolean {
    return this.#memory.load(this.#at + WRITER) === 0 &&
      this.#memory.load(this.#at + READERS) === 0;
  }
}

function endReading(memory: Memory, at: number): boolean {
  takeBriefly(memory, at + MUTEX);
  const readers = memory.load(at + READERS);
  if (readers > 0) {
    memory.store(at + READERS, readers - 1);
    if (readers === 1) admit(memory, at, "writer");
  }
  release(memory, at + MUTEX, false);
  return readers > 0;
}

function endWriting(memory: Memory, at: number): boolean {
  takeBriefly(memory, at + MUTEX);
  const writer = memory.load(at + WRITER);
  if (writer !== 0) {
    memory.store(at + WRITER, 0);
    admit(memory, at, "readers");
  }
  release(memory, at + MUTEX, false);
  return writer !== 0;
}

/** A writer left its line: readers that stood behind it may go on. */
function reconsider(memory: Memory, at: number): void {
  takeBriefly(memory, at + MUTEX);
  if (mayRead(memory, at)) admitReaders(memory, at);
  release(memory, at + MUTEX, false);
}

function mayRead(memory: Memory, at: number): boolean {
  return memory.load(at + WRITER) === 0 && memory.parkedAt(at + WRITE_LINE) === 0;
}

/** Lets waiters in, those named first; nobody holds the lock, and the mutex is held. */
function admit(memory: Memory, at: number, first: "readers" | "writer"): void {
  if (first === "readers" && admitReaders(memory, at)) return;
  const chosen = memory.unpark(
    at + WRITE_LINE,
    1,
    (_, next) => memory.store(at + WRITER, next << 1),
  );
  if (chosen === 0) admitReaders(memory, at);
}

function admitReaders(memory: Memory, at: number): boolean {
  return memory.unpark(at + READ_LINE, Infinity, (chosen) => memory.add(at + READERS, chosen)) > 0;
}

// One that was let in and ended before it knew makes room; a writer that only waited holds no readers back any more.
onAbandoned(WaitKind.read, (memory, { owner, chosen }) => {
  if (chosen) endReading(memory, owner - WRITER);
});
onAbandoned(WaitKind.write, (memory, { owner, identity, chosen }) => {
  const at = owner - WRITER;
  if (!chosen) reconsider(memory, at);
  else if (holder(memory, at + WRITER) === identity) endWriting(memory, at);
});
