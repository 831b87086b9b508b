import { TimeoutError, TransferError } from "../../core/errors.ts";
import { Family } from "../family/family.ts";
import {
  Form,
  type Item,
  itemOf,
  lasting,
  modulesOf,
  postedItem,
  valueOf,
} from "../family/item.ts";
import { Ring } from "../family/ring.ts";
import { type RingErrors, RingQueue } from "../family/ring_queue.ts";
import type { EncodedMessage } from "../objects/message.ts";
import type { Coordinates } from "../process/process_identity.ts";
import { closedError, endError } from "./end_error.ts";

/** So many bytes may be ahead of their receiver. */
const AHEAD_BYTES = 512 * 1024;

/** Where the rings of an end are, as they cross. */
export interface RingPlaces {
  readonly family: Coordinates;
  readonly owner: number;
  readonly inbound: number;
  readonly outbound: number;
}

/**
 * An end of a pipe in the family's memory: one ring for each direction.
 *
 * A ring names the process that has its writing end and the one that has its reading end, so that the other side sees the end
 * also while it blocks: an end that is closed says so, a process that is killed is found dead.
 */
export class RingPipe {
  readonly places: RingPlaces;
  /** What is received. */
  readonly inbound: RingQueue;
  /** What is sent. */
  readonly outbound: RingQueue;

  private constructor(family: Coordinates, inbound: RingQueue, outbound: RingQueue) {
    const { owner } = inbound.ring;
    this.places = { family, owner, inbound: inbound.ring.at, outbound: outbound.ring.at };
    this.inbound = inbound;
    this.outbound = outbound;
  }

  /** The two ends of a pipe; `null` where the family has no memory, or it is full. */
  static pair(): [RingPipe, RingPipe] | null {
    const family = Family.join();
    if (family === null) return null;
    const [one, other] = [0, 1].map(() => Ring.create(family, 0, AHEAD_BYTES));
    if (!one || !other) {
      one?.free();
      other?.free();
      return null;
    }
    const [there, back] = [queueOf(family, one), queueOf(family, other)];
    const { coordinates } = family;
    return [new RingPipe(coordinates, there, back), new RingPipe(coordinates, back, there)];
  }

  /** The end that came from another process; `null` if this one does not see the memory, or the pipe's home has ended. */
  static open(places: Partial<RingPlaces>): RingPipe | null {
    const { family: where, owner, inbound, outbound } = places;
    const family = where === undefined ? null : Family.join(where);
    if (family === null) return null;
    const [one, other] = [inbound, outbound].map((at) => Ring.find(family, at, owner));
    if (!one || !other) return null;
    return new RingPipe(family.coordinates, queueOf(family, one), queueOf(family, other));
  }

  /** This process has the end from now on. */
  arrive(): void {
    if (this.#isGone) return;
    this.inbound.ring.setReader(true);
    this.outbound.ring.setWriter(true);
  }

  /**
   * It is on its way to another process; what waits for it here has ended.
   *
   * @param places how many places of letters were taken that have not come: they go along.
   */
  depart(places = 0): void {
    if (!this.#isGone) {
      this.inbound.ring.setReader(false);
      this.outbound.ring.setWriter(false);
    }
    this.inbound.failGetters(endError());
    this.outbound.failPutters(endError());
    if (this.#isGone) return;
    for (let i = 0; i < places; i++) this.inbound.putBack(postedItem(0));
  }

  /** Closes the end: the other one gets what was sent, and then the end. */
  close(): void {
    if (!this.#isGone) {
      this.outbound.close();
      this.inbound.shutdown(true);
    }
    this.depart();
  }

  /**
   * Takes back what was received and is not used, so that it comes first again.
   *
   * @returns whether the ring has it; `false` where the memory is full, and the ring has its place only: then it is a letter.
   */
  putBack(item: Item): boolean {
    try {
      this.inbound.putBack(item);
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    this.inbound.putBack(postedItem(0));
    return false;
  }

  /** This process does not touch it any more. */
  free(): void {
    this.inbound.free();
    this.outbound.free();
  }

  get #isGone(): boolean {
    return this.inbound.ring.isGone;
  }
}

function queueOf(family: Family, ring: Ring): RingQueue {
  const isSeen = (): boolean => ring.size > 0 || ring.isClosed || ring.isShut;
  return new RingQueue(family, ring, ERRORS, isSeen);
}

const ERRORS: RingErrors = {
  empty: (timeout) => new TimeoutError(`No message came within ${timeout} ms`),
  full: () => new TransferError("Cannot send: the receiver is too far behind; receive there"),
  shut: (action) => action === "get from" ? endError() : closedError(),
  gone: endError,
};

/** What `read` makes of the message in an item; a promise when something has to be loaded first. */
export function readItem(item: Item, read: (encoded: EncodedMessage) => unknown): unknown {
  const isBytes = item.form === Form.raw;
  const readNow = (from: Item): unknown =>
    read({ isBytes, value: valueOf(from), marked: false, source: "parent" });
  const modules = modulesOf(item);
  if (modules.length === 0) return readNow(item);
  const kept = lasting(item);
  return Promise.all(modules.map((each) => import(each))).then(() => readNow(kept));
}

/** The item of a message that goes back: the bytes of the one that it came in may be another's by now. */
export function again(item: Item, value: unknown): Item {
  const isShared = item.bytes !== null && item.form !== Form.raw;
  return isShared ? itemOf(value) ?? item : item;
}

/** The error of a method that blocks, for a message that the event loop has to bring. */
export function travelError(call: string, other: string): Error {
  return new Deno.errors.NotSupported(
    `Cannot call Connection.${call}(): the message has locks, connections or classes in it, is larger than 64 MiB or found no room in the memory, and comes by the event loop; use ${other}()`,
  );
}
