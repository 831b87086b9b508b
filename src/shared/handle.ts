/**
 * How an object that lives in shared memory, or is served by another process, travels.
 *
 * Structured clone drops prototypes. An object that must stay itself on the other side answers to
 * `[travels]` with a handle: the kind under which its class is noted here, and data that clones (its
 * shared buffer, or the address where it is served). The codec of `wire/` replaces it by the handle on
 * the way out and has `revive` make it again on the way in.
 */

/** The method by which an object says how it travels. */
export const travels: unique symbol = Symbol("quartet.travels");

/** What crosses in the object's place. */
export interface Handle {
  /** The kind under which the class was noted. */
  readonly kind: string;
  /** The module that notes the kind when it is imported, for a far side that has not loaded it. */
  readonly module: string;
  /** What the class needs to make itself again; must clone. */
  readonly data: unknown;
  /** Of what will bring other objects: a kind of these, and the module that notes all of them. */
  readonly brings?: { readonly kind: string; readonly module: string };
}

/** An object that stays itself when it crosses. */
export interface Traveller {
  /**
   * The handle for a journey of this reach.
   *
   * @throws {TransferError} if it cannot go that far.
   */
  [travels](reach: "thread" | "process"): Handle;
}

const kinds = new Map<string, (data: never) => object>();

/** Notes how objects of `kind` are made again; once for each kind, when its module loads. */
export function noteKind<D>(kind: string, revive: (data: D) => object): void {
  kinds.set(kind, revive as (data: never) => object);
}

/** Whether this realm can revive `kind` without loading anything. */
export function knowsKind(kind: string): boolean {
  return kinds.has(kind);
}

/** Makes the object again that `handle` stands for. */
export function revive(handle: Handle): object {
  const make = kinds.get(handle.kind);
  if (make === undefined) {
    throw new TypeError(
      `Cannot revive a ${handle.kind} here: its module is not loaded; import ${handle.module} in the module that runs on this side`,
    );
  }
  return make(handle.data as never);
}

/** Whether `value` says how it travels. */
export function isTraveller(value: object): value is Traveller {
  return travels in value;
}
