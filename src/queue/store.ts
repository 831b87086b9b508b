import type { Written } from "./item_form.ts";

/** How an attempt to put ended: it is in; there is no room; the queue is shut down. */
export const PUT = 0, FULL = 1, SHUT = 2;

/** Answered when there is nothing to take. */
export const NONE: unique symbol = Symbol("nothing to take");

/** Where the items of a queue are, and in which order they come out. Nothing here waits. */
export interface Store {
  /** Puts a value; when there is no room it may return the value as written, for the next attempt. */
  put(value: unknown): typeof PUT | typeof FULL | typeof SHUT | Written;
  /** Writes what could change before it can be put, in a form that lasts; `null` for what cannot. */
  write(value: unknown): Written | null;
  /** Puts what was written before. */
  putWritten(written: Written): typeof PUT | typeof FULL | typeof SHUT;
  /** Takes the next value, or returns {@link NONE}. */
  take(): unknown;
  /** Puts an item back that was taken and is not used: it comes out first of its kind, however full the queue is. */
  putBack(value: unknown): void;
  /** Throws all items away and counts them as done. */
  clear(): void;
}
