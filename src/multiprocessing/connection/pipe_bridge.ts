import { EOFError, TransferError } from "../../core/errors.ts";
import {
  encodedIn,
  Form,
  type Item,
  itemOf,
  postedItem,
  rawItem,
  valueOf,
} from "../family/item.ts";
import type { EncodedMessage } from "../objects/message.ts";
import { closeEndsIn } from "./ends_in_transit.ts";
import type { RingPipe } from "./ring_pipe.ts";

/** The end whose messages a bridge passes on. */
export interface Bridged {
  /** Posts a message to the process that has the end. */
  deliver(encoded: EncodedMessage): void;
  /**
   * The first of the letters for that process, if one is here: what finds no room in the ring goes beside it, and the ring holds
   * its place.
   *
   * @throws {EOFError} if none comes any more.
   */
  takeLetter(): EncodedMessage | null;
  /** Resolves when a letter is here, or none comes any more. */
  letterComes(): Promise<unknown>;
  /** Sends a letter of that process's on. */
  passLetter(encoded: EncodedMessage): void;
  /** Nothing more comes. */
  ended(): void;
  /** A message cannot be passed on, so nothing after it is either. */
  failed(error: unknown): void;
  /** Whether the other end is in this process: then nobody else rings, and what waits for that end keeps no process alive. */
  readonly isOtherHere: boolean;
}

/**
 * Passes messages between the rings of a pipe and a process that has an end and does not see the family's memory. It runs in the
 * pipe's home, and passes each message on as it came: what is wrong with one is told to the two that talk, and is no error of the
 * home's.
 *
 * What travels, or finds no room in a full memory, goes beside the ring as a letter. While there is no room for its place either, it
 * waits until the other end has taken something, and the process that sends runs no further ahead than it may.
 *
 *     waits for      goes on                                       and then
 *     room           the process has taken some
 *     an item        the ring has one, or nothing more comes       takes and delivers it, in one go; the end: it is over
 *     a letter       it is here, or does not come any more         delivers it; no letter: it is over
 *
 * What is taken is delivered before anything else happens: who moves or closes the end in between finds each message at one side.
 */
export class PipeBridge {
  readonly #way: RingPipe;
  readonly #end: Bridged;
  readonly #stop = new AbortController();
  /** Ends the wait for the next item. */
  #turn = new AbortController();
  #room: number;
  /** Whether a place was taken from the ring whose letter has not come. */
  #isHolding = false;
  #isOver = false;
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
      this.#isOver = true;
      if (error instanceof EOFError) end.ended();
      else end.failed(error);
    });
  }

  /** Whether everything is delivered, and nothing more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The process has room for so many more. */
  addRoom(count: number, most: number): void {
    this.#room = Math.min(most, this.#room + count);
    this.#onRoom?.();
  }

  /**
   * Puts a message of the process's into the ring; one that finds nobody is dropped. It stands in line at once, so whatever comes
   * later, from whomever, stays behind it.
   *
   * @param taken called when it stands in the ring: its process may send another one.
   */
  take(encoded: EncodedMessage, taken: () => void): void {
    const putting = this.#put(encoded).then((isLetter) => {
      if (!isLetter) taken();
    }, (error) => {
      if (error instanceof EOFError) closeEndsIn(encoded);
      else this.#end.failed(error);
    });
    this.#putting.add(putting);
    putting.finally(() => this.#putting.delete(putting));
  }

  /** The other end has come or gone: it is waited for anew. */
  turn(): void {
    this.#turn.abort(TURNED);
    if (!this.#end.isOtherHere) this.#way.outbound.attend();
  }

  /** The process receives no more; resolves when what it has sent has a place, or nobody wants it. `null`: all of it has. */
  finish(): Promise<unknown> | null {
    this.#halt();
    return this.#putting.size === 0 ? null : Promise.all(this.#putting);
  }

  /**
   * The end leaves the process; `unread` is what it did not receive. What it has sent goes its way.
   *
   * @returns those of the unread that are letters now: the ring holds their places only.
   */
  stop(unread: readonly EncodedMessage[]): EncodedMessage[] {
    const letters: EncodedMessage[] = [];
    this.#halt(); // first: it waits for what goes back
    const { inbound, outbound } = this.#way;
    if (inbound.ring.isGone) return letters;
    outbound.attend(); // nobody turns any more
    if (this.#isHolding) inbound.putBack(postedItem(0));
    for (const encoded of unread.toReversed()) {
      const item = itemFor(encoded);
      const isThere = this.#way.putBack(item ?? postedItem(0));
      if (item === null || !isThere) letters.unshift(encoded);
    }
    return letters;
  }

  #halt(): void {
    const reason = new EOFError("The end has left the process");
    this.#stop.abort(reason);
    this.#turn.abort(reason);
  }

  /** Returns whether it went as a letter. */
  async #put(encoded: EncodedMessage): Promise<boolean> {
    const item = itemFor(encoded);
    let isLetter = item === null;
    const beside = (): void => void (isLetter = true);
    const background = this.#end.isOtherHere;
    await this.#way.outbound.put(item ?? postedItem(0), { timeout: null, beside, background });
    if (isLetter) this.#end.passLetter(encoded);
    return isLetter;
  }

  /** Delivers what the ring has, as long as there is room. */
  async #pump(): Promise<never> {
    const { inbound } = this.#way;
    for (;;) {
      if (this.#room === 0) await new Promise<void>((resolve) => this.#onRoom = resolve);
      else if (!inbound.watch({ timeout: 0 })) await this.#itemComes();
      else await this.#deliver(inbound.get({ timeout: 0 }) as Item);
      this.#stop.signal.throwIfAborted();
    }
  }

  /** Resolves when an item has come, or nothing more comes, or it is to be waited for anew. */
  async #itemComes(): Promise<void> {
    const leave = this.#turn = new AbortController();
    try {
      const background = this.#end.isOtherHere;
      await this.#way.inbound.watch({ timeout: null, leave, background });
    } catch (error) {
      if (error !== TURNED) throw error;
    }
  }

  #deliver(item: Item): void | Promise<void> {
    this.#room--;
    if (item.form === Form.posted) return this.#deliverLetter();
    this.#end.deliver(messageIn(item));
  }

  async #deliverLetter(): Promise<void> {
    this.#isHolding = true;
    let letter = this.#end.takeLetter();
    while (letter === null) {
      await this.#end.letterComes();
      this.#stop.signal.throwIfAborted();
      letter = this.#end.takeLetter();
    }
    this.#isHolding = false;
    this.#end.deliver(letter);
  }
}

const TURNED = Symbol("turned");

/** The message in an item, as it was written: nothing in it is made here. */
function messageIn(item: Item): EncodedMessage {
  if (item.form === Form.packed) return { isBytes: false, ...encodedIn(item), source: "parent" };
  const isBytes = item.form === Form.raw;
  return { isBytes, value: valueOf(item), marked: false, source: "parent" };
}

/** The item of a message; `null` if it is a letter, whose place only an item holds. */
function itemFor({ isBytes, value, marked }: EncodedMessage): Item | null {
  if (marked) return null;
  if (isBytes) return rawItem(value as Uint8Array);
  try {
    return itemOf(value);
  } catch (error) {
    if (error instanceof TransferError) return null; // nested too deep to be written: it goes on as it came
    throw error;
  }
}
