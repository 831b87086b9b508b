/**
 * What leaves with a message: buffers, ports and streams that are moved, and locks and the like that set out.
 *
 * It belongs to that message alone, from the moment at which its value is captured.
 */
import { show } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";
import { setOff, type Traveller } from "../../shared/memory/handle.ts";
import { defineField, shortened } from "./value_kinds.ts";
import type { Reach } from "../rpc/transport.ts";

/**
 * What becomes of the message, and so of the value's buffers: it is sent at once and they are read where they
 * are; it is kept, perhaps to be sent again, and they are copied; it is sent once but later, and the copies
 * of big ones are given away with it. Or it is no message but an item of a queue, which is written at once.
 */
export type Holding = "sent now" | "kept" | "given" | "queued";

/** Copies of so many bytes are given away with a message that is sent only once. */
export const BIG = 64 * 1024;

/** What was marked to be moved, by the value that carries it. */
const marked = new WeakMap<object, readonly Transferable[]>();
/** Whether anything was ever marked: while not, nobody need look. */
export let anyMarked = false;

/**
 * Marks buffers inside `value` to be moved instead of copied the next time it crosses to a thread.
 *
 * - The buffers are empty here after that.
 * - Over a process channel everything is copied, so the mark has no effect there.
 *
 * @param value what is passed as an argument, returned from a job, or sent in a message.
 * @param buffers the `ArrayBuffer`s, ports or streams to move; by default the buffer of a typed array, or the
 * `ArrayBuffer` itself.
 * @returns `value`
 * @throws {TypeError} if there is nothing to move.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { transfer } from "@quartet/concurrency/futures";
 *
 * const samples = new Float64Array(1024);
 * assertEquals(transfer(samples), samples); // moved when it is submitted
 * ```
 */
export function transfer<T>(value: T, buffers?: readonly Transferable[]): T {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot transfer ${show(value)}: only objects carry buffers`);
  }
  const list = buffers ?? ownBuffer(value);
  if (list.length === 0) {
    throw new TypeError(
      "Cannot transfer this value: name the buffers to move, transfer(value, [buffer])",
    );
  }
  marked.set(value, list);
  anyMarked = true;
  return value;
}

/** What was marked on `value`, if anything. */
export function markedTransfers(value: object): readonly Transferable[] | undefined {
  return marked.get(value);
}

/** Forgets what was marked on `value`: moving happens once. */
export function forgetTransfers(value: object): void {
  marked.delete(value);
}

/** Moves what is listed to where only the message has it. */
export function moveNow(listed: ReadonlySet<Transferable>): Map<Transferable, Transferable> {
  const moved = new Map<Transferable, Transferable>();
  try {
    // Those that the platform may refuse (a stream in use) come first: nothing else is gone then.
    for (const each of listed) {
      if (!(each instanceof ArrayBuffer)) {
        moved.set(each, structuredClone(each, { transfer: [each] }));
      }
    }
    for (const each of listed) if (each instanceof ArrayBuffer) moved.set(each, each.transfer());
  } catch (error) {
    throw new TransferError(`Cannot transfer this: ${(error as Error).message}`, { cause: error });
  }
  return moved;
}

/** Replaces buffers, ports and streams in a copied value by what they were moved to. */
export function replaceMoved(
  value: unknown,
  moved: ReadonlyMap<unknown, unknown>,
  views: ReadonlyMap<ArrayBufferView, Extent>,
): unknown {
  const made = new Map<ArrayBufferView, ArrayBufferView>();
  for (const [view, extent] of views) {
    made.set(view, viewOf(view, moved.get(view.buffer) as ArrayBuffer, extent));
  }
  const seen = new Set<object>();
  const open: object[] = [];
  const replaced = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    if (moved.has(part)) return moved.get(part);
    if (ArrayBuffer.isView(part)) return made.get(part) ?? part;
    if (!seen.has(part)) {
      seen.add(part);
      open.push(part);
    }
    return part;
  };
  const result = replaced(value);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next instanceof Map) {
      const entries = [...next];
      next.clear();
      for (const [key, item] of entries) next.set(replaced(key), replaced(item));
    } else if (next instanceof Set) {
      const items = [...next];
      next.clear();
      for (const item of items) next.add(replaced(item));
    } else if (Array.isArray(next) || Object.getPrototypeOf(next) === Object.prototype) {
      const record = next as Record<string, unknown>;
      for (const key of Object.keys(record)) {
        const part = record[key];
        const other = replaced(part);
        if (other !== part) defineField(record, key, other);
      }
    }
  }
  return result;
}

/** Where a view begins in its buffer, and of how many elements it is. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A copy of a buffer, resizable if that is. */
export function copyOf(buffer: ArrayBuffer): ArrayBuffer {
  if (!buffer.resizable) return buffer.slice(0);
  const copy = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}

/** The same view of another buffer, of the platform's class as structured clone makes it. */
export function viewOf(
  view: ArrayBufferView,
  buffer: ArrayBuffer,
  extent: Extent,
): ArrayBufferView {
  const name = (view as Uint8Array)[Symbol.toStringTag] as string;
  const View = (globalThis as unknown as Record<string, typeof DataView>)[name]!;
  return new View(buffer, extent.offset, extent.length);
}

/** What a view shows of its buffer. */
export function extentOf(view: ArrayBufferView): Extent {
  return {
    offset: view.byteOffset,
    length: (view as Uint8Array).length ?? view.byteLength,
  };
}

/** A traveller whose handle is made when the message is sent. */
export interface Pending {
  readonly traveller: Traveller;
  readonly stand: Record<string, unknown>;
  readonly path: string;
}

/** Makes the handle of a traveller: from here it is on its way. */
export function seal({ traveller, stand, path }: Pending, reach: Reach): void {
  try {
    stand.handle = setOff(traveller, reach);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    throw new TransferError(
      `${error.message} (at ${path === "" ? "this value" : shortened(path)})`,
      { path, cause: error },
    );
  }
}

function ownBuffer(value: object): Transferable[] {
  if (value instanceof ArrayBuffer) return [value];
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) return [value.buffer];
  return [];
}
