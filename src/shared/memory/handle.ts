/**
 * How an object that lives in shared memory, or is served by another process, travels.
 *
 * Structured clone drops prototypes. An object that must stay itself on the other side answers to
 * `[travels]` with a handle: the kind under which its class is noted here, and data that clones (its
 * shared buffer, or the address where it is served). The codec of `wire/` replaces it by the handle on
 * the way out and has `revive` make it again on the way in.
 */

import { TransferError } from "../../core/errors.ts";

/** The method by which an object says how it travels. */
export const travels: unique symbol = Symbol("quartet.travels");

/** The method by which an object learns that the message with its handle was not sent. */
export const returns: unique symbol = Symbol("quartet.returns");

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
  /** The handle goes nowhere: its message could not be sent. */
  [returns]?(handle: Handle): void;
}

/** Whose handle it is, for those that are told when it goes nowhere. */
const underway = new WeakMap<Handle, Traveller>();

/** The handle for a journey of this reach; {@link recall} takes it back. */
export function setOff(traveller: Traveller, reach: "thread" | "process"): Handle {
  const handle = traveller[travels](reach);
  if (traveller[returns] !== undefined) underway.set(handle, traveller);
  return handle;
}

/** Tells the object of a handle, once, that the handle goes nowhere. */
export function recall(handle: Handle): void {
  const traveller = underway.get(handle);
  if (traveller === undefined) return;
  underway.delete(handle);
  traveller[returns]?.(handle);
}

/**
 * Where a message comes from, and so what its word counts here.
 *
 * - `"thread"`: another thread of this program. It may name modules to load, and words of the shared memory.
 * - `"parent"`: the process that started this one. It may name modules to load.
 * - `"peer"`: a child, a sibling, or whoever connected. It may name nothing that is not here already.
 */
export type Source = "thread" | "parent" | "peer";

type Revive = (data: never, source: Source) => object;

const kinds = new Map<string, Revive>();

/** Notes how objects of `kind` are made again; once for each kind, when its module loads. */
export function noteKind<D>(kind: string, revive: (data: D, source: Source) => object): void {
  kinds.set(kind, revive as Revive);
}

/** Whether this realm can revive `kind` without loading anything. */
export function knowsKind(kind: string): boolean {
  return kinds.has(kind);
}

/** Whether an object of `kind` lives in the memory that threads share, where a process has nothing to say. */
export function isThreadKind(kind: string): boolean {
  return kind.startsWith("threading.") || kind.startsWith("queue.");
}

/**
 * Makes the object again that `handle` stands for.
 *
 * @throws {TransferError} if this side does not know its kind, or it cannot come from there.
 */
export function revive(handle: Handle, source: Source): object {
  const kind = String(handle?.kind);
  if (isThreadKind(kind) && source !== "thread") {
    throw new TransferError(
      `Cannot read a ${kind} that a process sent: it names memory of this process; use the one of multiprocessing`,
    );
  }
  const make = kinds.get(kind);
  if (make === undefined) {
    throw new TransferError(
      source === "peer"
        ? `Cannot read a ${kind} here: this side has not loaded its class, and loads nothing because a ${source} names it; import its module here`
        : `Cannot read a ${kind} here: its module is not loaded; import ${handle.module} in the module that runs on this side`,
    );
  }
  return make(handle.data as never, source);
}
