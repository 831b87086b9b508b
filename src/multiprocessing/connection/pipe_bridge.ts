import { EOFError } from "../../core/errors.ts";
import { Form, type Item, itemOf, lasting, postedItem, rawItem, valueOf } from "../family/item.ts";
import { type EncodedMessage, seal } from "../objects/message.ts";
import type { RingPipe } from "./ring_pipe.ts";

/** The end whose messages a bridge passes on. */
export interface Bridged {
  /** Posts a message to the process that has the end. */
  deliver(encoded: EncodedMessage): void;
  /** The next of the letters for that process: what travels goes beside the ring, which holds its place. */
  nextLetter(): Promise<EncodedMessage>;
  /** Sends a letter of that process's on. */
  passLetter(encoded: EncodedMessage): void;
  /** Nothing more comes. */
  ended(): void;
  /** Whether the other end is in this process: then nobody else rings, and the wait for its messages keeps no process alive. */
  readonly isOtherHere: boolean;
}

/**
 * Passes messages between the rings of a pipe and a process that has an end and does not see the family's memory. It runs in the
 * pipe's home.
 */
export class PipeBridge {
  readonly #way: RingPipe;
  readonly #end: Bridged;
  readonly #stop = new AbortController();
  /** Ends the wait for the next item. */
  #turn = new AbortController();
  #room: number;
  /** What was taken from the ring and is not delivered: its letter has not come. */
  #held: Item | null = null;
  #onRoom: (() => void) | null = null;
  /** Messages that came from the process, and wait for a place in the ring. */
  readonly #putting = new Set<Promise<void>>();

  /** @param room how many messages the process has room for. */
  constructor(way: RingPipe, end: Bridged, room: number) {
    this.#way = way;
    this.#end = end;
    this.#room = room;
    way.arrive();
    this.#pump().catch((error) => {
      if (this.#stop.signal.aborted) return;
      if (!(error instanceof EOFError)) reportError(error);
      end.ended();
    });
  }

  /** The process has room for so many more. */
  addRoom(count: number, most: number): void {
    this.#room = Math.min(most, this.#room + count);
    this.#onRoom?.();
  }

  /**
   * Puts a message of the process's into the ring; one that finds nobody is dropped. It stands in line at once, so whatever comes
   * later, from whomever, stays behind it.
   */
  take(encoded: EncodedMessage): Promise<void> {
    const putting = this.#put(encoded).catch((error) => {
      if (!(error instanceof EOFError)) reportError(error);
    });
    this.#putting.add(putting);
    return putting.finally(() => this.#putting.delete(putting));
  }

  /** The other end has come or gone: it is waited for anew. */
  turn(): void {
    this.#turn.abort(TURNED);
  }

  /** The process receives no more; resolves when what it has sent has a place, or nobody wants it. `null`: all of it has. */
  finish(): Promise<unknown> | null {
    this.#halt();
    return this.#putting.size === 0 ? null : Promise.all(this.#putting);
  }

  /** The end leaves the process; `unread` is what it did not receive. What it has sent goes its way. */
  stop(unread: readonly EncodedMessage[]): void {
    if (this.#stop.signal.aborted) return;
    this.#halt();
    const { inbound } = this.#way;
    if (inbound.ring.isGone) return;
    if (this.#held !== null) inbound.putBack(this.#held);
    for (const encoded of unread.toReversed()) inbound.putBack(itemFor(encoded) ?? postedItem(0));
  }

  #halt(): void {
    const reason = new EOFError("The end has left the process");
    this.#stop.abort(reason);
    this.#turn.abort(reason);
  }

  async #put(encoded: EncodedMessage): Promise<void> {
    const item = itemFor(encoded);
    await this.#way.outbound.put(item ?? postedItem(0), { timeout: null });
    if (item === null) this.#end.passLetter(encoded);
  }

  /** Delivers what the ring has, as long as there is room. */
  async #pump(): Promise<never> {
    for (;;) {
      while (this.#room === 0) await new Promise<void>((resolve) => this.#onRoom = resolve);
      this.#stop.signal.throwIfAborted();
      const item = await this.#next();
      if (item === null) continue;
      this.#room--;
      this.#held = item;
      const message = await this.#messageOf(item);
      this.#held = null;
      this.#end.deliver(message);
    }
  }

  /** The next item; `null` when it is to be waited for anew. */
  async #next(): Promise<Item | null> {
    const leave = this.#turn = new AbortController();
    try {
      const background = this.#end.isOtherHere;
      const got = this.#way.inbound.get({ timeout: null, leave, background });
      const item = got instanceof Promise ? await got : lasting(got);
      if (!this.#stop.signal.aborted) return item;
      this.#way.inbound.putBack(item);
    } catch (error) {
      if (error !== TURNED) throw error;
    }
    return null;
  }

  #messageOf(item: Item): EncodedMessage | Promise<EncodedMessage> {
    if (item.form === Form.posted) return this.#end.nextLetter();
    const value = valueOf(item);
    if (item.form === Form.packed) return seal(value);
    return { isBytes: item.form === Form.raw, value, marked: false, source: "parent" };
  }
}

const TURNED = Symbol("turned");

/** The item of a message; `null` if it is a letter, whose place only an item holds. */
function itemFor({ isBytes, value, marked }: EncodedMessage): Item | null {
  if (marked) return null;
  return isBytes ? rawItem(value as Uint8Array) : itemOf(value);
}

/** Whether a message goes beside the ring. */
export function isLetter(encoded: EncodedMessage): boolean {
  return itemFor(encoded) === null;
}
