import { checkIterable } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { type Shareable, ShareableList } from "../memory/shareable_list.ts";
import { SharedMemory } from "../memory/shared_memory.ts";

/** How a {@linkcode SharedMemoryManager} stands. */
export interface SharedMemoryManagerStatistics {
  /** How many pieces of memory it has made and not given back. */
  readonly blocks: number;
  /** How many bytes they have together. */
  readonly bytes: number;
}

/**
 * Makes shared memory, and gives all of it back at once.
 *
 * - What it made is closed in this process and unlinked by `shutdown()`, and at the end of a `using` block.
 * - It needs what {@link SharedMemory} needs.
 *
 * Not like Python: there is no server process, so there is nothing to start; memory outlives no process that made it anyway.
 *
 * Source: `multiprocessing.managers.SharedMemoryManager`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { SharedMemory, SharedMemoryManager } from "@quartet/concurrency/multiprocessing";
 *
 * let name: string;
 * {
 *   using manager = new SharedMemoryManager();
 *   const memory = manager.SharedMemory(16);
 *   const list = manager.ShareableList([1, "two"]);
 *   assertEquals([memory.size, list.get(1)], [16, "two"]);
 *   name = memory.name;
 * }
 * assertThrows(() => new SharedMemory({ name }), Deno.errors.NotFound);
 * ```
 */
export class SharedMemoryManager implements Disposable {
  #made: SharedMemory[] = [];
  #isShutDown = false;

  /**
   * Makes memory of so many bytes.
   *
   * @throws {RangeError} if that is no whole number above zero, or more than the system has.
   * @throws {InvalidStateError} after `shutdown()`.
   */
  SharedMemory(size: number): SharedMemory {
    return this.#keep(() => new SharedMemory({ create: true, size }), (memory) => memory);
  }

  /**
   * Makes a list in memory.
   *
   * @throws {TypeError} if an item is none of the kinds that it can hold.
   * @throws {InvalidStateError} after `shutdown()`.
   */
  ShareableList(items: Iterable<Shareable>): ShareableList {
    checkIterable(items, "items");
    return this.#keep(() => new ShareableList(items), (list) => list.memory);
  }

  /** Closes and unlinks all that it made. Twice does nothing. */
  shutdown(): void {
    this.#isShutDown = true;
    const made = this.#made;
    this.#made = [];
    for (const memory of made) {
      memory.close();
      memory.unlink();
    }
  }

  /** Returns a snapshot of its counters. */
  statistics(): SharedMemoryManagerStatistics {
    const bytes = this.#made.reduce((sum, { size }) => sum + size, 0);
    return Object.freeze({ blocks: this.#made.length, bytes });
  }

  /** Shuts it down. */
  [Symbol.dispose](): void {
    this.shutdown();
  }

  #keep<T>(make: () => T, memoryOf: (made: T) => SharedMemory): T {
    if (this.#isShutDown) {
      throw new InvalidStateError(
        "Cannot make shared memory: the manager was shut down; make another",
      );
    }
    const made = make();
    this.#made.push(memoryOf(made));
    return made;
  }
}
