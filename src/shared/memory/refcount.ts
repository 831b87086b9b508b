/**
 * Where shared objects live, and until when.
 *
 * An object in shared memory is a block of words, and in each thread that knows it one JavaScript object
 * that speaks for it. The block begins with its counts:
 *
 *     bits 0..10    threads in which an object speaks for it
 *     bits 11..30   handles that are under way in messages and queues
 *
 * When both are 0, nobody can ever ask for it again and the block is given back. A thread learns from
 * its garbage collector that its object is gone; a thread that ends says so for all of its objects.
 * One that dies without a word leaves its blocks behind: memory is lost then, never taken from others.
 */
import { type Class, constructFor, subjectOf } from "../../core/construct_for.ts";
import { TransferError } from "../../core/errors.ts";
import { pressCollector } from "./collector.ts";
import type { Handle } from "./handle.ts";
import { allocate, free, setReclaim } from "./heap.ts";
import { onThreadEnd } from "../../core/parts.ts";
import { myThread } from "../thread/thread_slot.ts";
import { add, compareExchange, load, reach } from "./words.ts";

const FLIGHT = 1 << 11;
const HOMES = FLIGHT - 1;
const MOST_FLIGHTS = 2 ** 31 - 2 * FLIGHT;

/** What has to be known of a block to give it back. */
interface Finalizer {
  readonly at: number;
  readonly size: number;
  /** Called before the block is given back; must not refer to the object. */
  readonly finalize: ((at: number) => void) | undefined;
}

const objects = new Map<number, WeakRef<object>>();
const finalizers = new Map<number, Finalizer>();
const collected = new FinalizationRegistry<Finalizer>((finalizer) => {
  if (finalizers.get(finalizer.at) !== finalizer) return; // it came again meanwhile, and took over the place
  finalizers.delete(finalizer.at);
  objects.delete(finalizer.at);
  leave(finalizer);
});

setReclaim(() => {
  pressCollector();
  for (const [at, object] of objects) {
    if (object.deref() !== undefined) continue;
    const finalizer = finalizers.get(at);
    objects.delete(at);
    if (finalizer === undefined) continue;
    finalizers.delete(at);
    leave(finalizer);
  }
});

onThreadEnd({ held: heldObjects, release: releaseAll });

/** How many words the counts take, at the start of each block. */
export const COUNTS = 1;

/** What comes in a handle, and is the subject of the object that is constructed for it. */
export interface Arrival {
  /** The block. */
  readonly at: number;
}

/**
 * The block for an object that is being constructed: a fresh one, or in {@link arrive} the one that came.
 *
 * @param target the `new.target` of its constructor.
 * @param size words, the counts included.
 * @param build fills in a fresh block.
 * @param finalize called with the address when nobody knows the object any more; must not refer to it.
 */
export function settle(
  object: object,
  target: object,
  size: number,
  build?: (at: number) => void,
  finalize?: (at: number) => void,
): number {
  myThread();
  let at = subjectOf<Arrival>(target)?.at;
  if (at === undefined) {
    at = allocate(size);
    add(at, 1);
    build?.(at);
  }
  const finalizer = { at, size, finalize };
  objects.set(at, new WeakRef(object));
  finalizers.set(at, finalizer);
  collected.register(object, finalizer);
  return at;
}

/**
 * The handle under which an object of this block crosses to another thread; it is counted as under way.
 *
 * @throws {TransferError} if it is to leave the process.
 */
export function handleTo(
  at: number,
  kind: string,
  module: string,
  reach: "thread" | "process",
): Handle {
  if (reach === "process") {
    throw new TransferError(
      `Cannot send a ${kind} to another process: it lives in the memory of this one; use the one of @quartet/concurrency/multiprocessing`,
    );
  }
  return { kind, module, data: retainInFlight(at) };
}

/** Notes that a handle to the block goes on its way; the address is what has to cross. */
export function retainInFlight(at: number): number {
  const counts = add(at, FLIGHT);
  if (counts > MOST_FLIGHTS) add(at, -FLIGHT);
  return at;
}

/**
 * The object that speaks for the block in this thread. A handle arrives once.
 *
 * @param arrival the block, and what else the constructor has to know.
 * @param type its class: one is made if there is none; the constructor calls {@link settle}.
 */
export function arrive<T extends object>(arrival: Arrival, type: Class<T>, ...args: unknown[]): T {
  const { at } = arrival;
  reach(at + COUNTS);
  const known = objects.get(at)?.deref() as T | undefined;
  if (known !== undefined) {
    land(at, 0);
    return known;
  }
  const homes = finalizers.has(at) ? 0 : 1; // collected, but not yet told: its place is still counted
  const before = objects.get(at);
  land(at, homes);
  try {
    return constructFor(arrival, type, ...args);
  } catch (error) {
    // One that was made so far is collected, and tells; of one that was not, the handle is as it came.
    if (objects.get(at) === before) add(at, FLIGHT - homes);
    throw error;
  }
}

/** A handle was thrown away unread. */
export function releaseInFlight(at: number, size: number, finalize?: (at: number) => void): void {
  reach(at + COUNTS);
  land(at, 1);
  leave({ at, size, finalize });
}

/** Gives up all places of this thread, which is about to end; nothing shared may be used after. */
function releaseAll(): void {
  for (const finalizer of finalizers.values()) leave(finalizer);
  finalizers.clear();
  objects.clear();
}

/** The method by which an object that can be held says whether this thread holds it. */
export const heldHere: unique symbol = Symbol("quartet.heldHere");

/** The objects that this thread holds. */
function heldObjects(): object[] {
  const held: object[] = [];
  for (const each of objects.values()) {
    const object = each.deref() as { [heldHere]?: () => boolean } | undefined;
    if (object?.[heldHere]?.() === true) held.push(object);
  }
  return held;
}

/** Takes a handle out of the air, if one is counted there, and adds `homes`. */
function land(at: number, homes: number): void {
  while (true) {
    const counts = load(at);
    const next = counts + homes - (counts >= FLIGHT ? FLIGHT : 0);
    if (compareExchange(at, counts, next) === counts) return;
  }
}

function leave(finalizer: Finalizer): void {
  const counts = add(finalizer.at, -1);
  if ((counts & HOMES) !== 1 || counts >= FLIGHT) return;
  finalizer.finalize?.(finalizer.at);
  free(finalizer.at, finalizer.size);
}
