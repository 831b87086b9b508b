/** What was marked to be moved, by the value that carries it. */
const marked = new WeakMap<object, Transferable[]>();
let ever = false;

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
export function transfer<T>(value: T, buffers?: Transferable[]): T {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot transfer ${String(value)}: only objects carry buffers`);
  }
  const list = buffers ?? ownBuffer(value);
  if (list.length === 0) {
    throw new TypeError(
      "Cannot transfer this value: name the buffers to move, transfer(value, [buffer])",
    );
  }
  marked.set(value, list);
  ever = true;
  return value;
}

/** Adds what was marked on `value` to `moves`, and forgets the mark: moving happens once. */
export function takeTransfers(value: object, moves: Transferable[]): void {
  if (!ever) return;
  const list = marked.get(value);
  if (list === undefined) return;
  marked.delete(value);
  for (const each of list) if (!moves.includes(each)) moves.push(each);
}

function ownBuffer(value: object): Transferable[] {
  if (value instanceof ArrayBuffer) return [value];
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) return [value.buffer];
  return [];
}
