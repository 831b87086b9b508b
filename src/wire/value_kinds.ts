/** The kinds of values that the codec tells apart. */

/** The key that marks what stands for something else in a message. */
export const MARK = "\u0000quartet";

/** Values that structured clone takes whole and that hold no others. */
export function isLeaf(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer || value instanceof Date || value instanceof RegExp;
}

/** Memory that is shared, or a view of it. */
export function isShared(value: object): boolean {
  return value instanceof SharedArrayBuffer ||
    (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer);
}

/** Objects that structured clone refuses. */
export function isUncloneable(value: object): boolean {
  return value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef ||
    value instanceof Promise || (Symbol.iterator in value && "next" in value) ||
    (Symbol.asyncIterator in value && "next" in value);
}
