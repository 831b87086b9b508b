import { show } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";
import {
  type Handle,
  noteKind,
  type Source,
  type Traveller,
  travels,
} from "../../shared/memory/handle.ts";
import { dropName, keepName } from "./shared_memory_tracker.ts";
import { attachShared, createShared, type Mapping, unlinkShared } from "./libc.ts";

/** How shared memory is made or found. */
export interface SharedMemoryOptions {
  /** Its name; one is made up when it is created without. */
  readonly name?: string;
  /** Whether to create it; without a name that is meant anyway. */
  readonly create?: boolean;
  /** How many bytes to create. */
  readonly size?: number;
}

/** How shared memory stands. */
export interface SharedMemoryStatistics {
  /** Its name. */
  readonly name: string;
  /** How many bytes there are. */
  readonly size: number;
  /** Whether this process has it mapped. */
  readonly open: boolean;
}

/** What this process has created or attached: a message that names it says nothing new. */
const known = new Set<string>();
/** Names that were made up: who knows one was told. */
const UNGUESSABLE = /^quartet-[0-9a-f-]{36}$/;

/**
 * Bytes in memory that several processes see at once.
 *
 * - Nothing is copied: what one writes the others read. `Atomics` work on typed arrays over `buf.buffer`.
 * - Others attach it by its name, or get the object as an argument. Each closes it; one unlinks it. What the process that
 *   created it has not unlinked goes with that process, however it ends: by an error, a signal or `kill -9` too (on macOS
 *   not by a signal).
 * - All of it is reserved when it is created. Not like Python, where a program ends when it touches what the system cannot
 *   give.
 * - After `close()` the memory is gone from this process: `buf` is `null`, and views on it are empty.
 * - It needs `--allow-ffi`; on macOS also leave to write to `/tmp`. Windows has none.
 *
 * Source: `multiprocessing.shared_memory.SharedMemory`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SharedMemory } from "@quartet/concurrency/multiprocessing";
 *
 * using memory = new SharedMemory({ create: true, size: 16 });
 * using same = new SharedMemory({ name: memory.name });
 * memory.buf![3] = 7;
 * assertEquals(same.buf![3], 7);
 * memory.unlink();
 * ```
 */
export class SharedMemory implements Traveller, Disposable {
  /** By which others find it. */
  readonly name: string;
  /** How many bytes there are. */
  readonly size: number;
  #mapping: Mapping | null;
  #buf: Uint8Array<ArrayBuffer> | null;

  /**
   * Creates shared memory, or attaches what was created elsewhere.
   *
   * @throws {TypeError} if an option is no such thing, or the name cannot be one.
   * @throws {RangeError} if it is to be created without bytes, or with more than the system has.
   * @throws {Deno.errors.AlreadyExists} if the name is taken.
   * @throws {Deno.errors.NotFound} if nothing of that name was created.
   * @throws {Deno.errors.NotCapable} without `--allow-ffi`.
   */
  constructor(options: SharedMemoryOptions = {}) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(
        `Cannot make shared memory of ${
          show(options)
        }: give an object, { create: true, size } or { name }`,
      );
    }
    const { name, create = name === undefined, size = 0 } = options;
    if (name !== undefined && (typeof name !== "string" || !/^(?!\.)[\w.-]{1,200}$/.test(name))) {
      throw new TypeError(
        `Cannot use name ${
          show(name)
        }: give up to 200 letters of a to z and A to Z, digits, dots, dashes and underscores, no dot first`,
      );
    }
    if (create && typeof size !== "number") {
      throw new TypeError(`Cannot use size ${show(size)}: give a number of bytes`);
    }
    if (create && (!Number.isSafeInteger(size) || size < 1)) {
      throw new RangeError(
        `Cannot use size ${show(size)}: give a whole number of bytes, 1 or more`,
      );
    }
    this.name = name ?? `quartet-${crypto.randomUUID()}`;
    const mapping = create ? createShared(this.name, size) : attachShared(this.name);
    this.#mapping = mapping;
    this.size = mapping.buffer.byteLength;
    if (create) keepName(this.name);
    known.add(this.name);
    this.#buf = new Uint8Array(mapping.buffer);
  }

  /** The bytes; `null` once it is closed. */
  get buf(): Uint8Array<ArrayBuffer> | null {
    return this.#buf;
  }

  /** Takes the memory out of this process. Twice does nothing. */
  close(): void {
    this.#mapping?.unmap();
    this.#mapping = null;
    this.#buf = null;
  }

  /** Removes the name; the memory stays as long as somebody has it. Twice does nothing. */
  unlink(): void {
    unlinkShared(this.name);
    dropName(this.name);
  }

  /** Returns a snapshot of its counters. */
  statistics(): SharedMemoryStatistics {
    return Object.freeze({ name: this.name, size: this.size, open: this.#mapping !== null });
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** How it crosses: by its name. */
  [travels](reach: "thread" | "process"): Handle {
    if (reach === "thread") {
      throw new TransferError("Cannot send it to a thread: send its name, and attach it there");
    }
    return { kind: "mp.SharedMemory", module: import.meta.url, data: this.name };
  }
}

noteKind("mp.SharedMemory", attachNamed);

/**
 * Attaches the memory that a message names.
 *
 * @throws {TransferError} if a process that this one does not trust names memory that anybody could name.
 */
export function attachNamed(name: unknown, source: Source): SharedMemory {
  if (typeof name !== "string") {
    throw new TransferError("Cannot read shared memory: it came without a name");
  }
  if (source === "peer" && !UNGUESSABLE.test(name) && !known.has(name)) {
    throw new TransferError(
      `Cannot attach shared memory "${name}" because a child or a peer names it: it need not be its own; attach it by its name here`,
    );
  }
  return new SharedMemory({ name });
}
