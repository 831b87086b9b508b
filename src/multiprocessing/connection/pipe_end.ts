/**
 * One end of a pipe in the pipe's home.
 *
 *     holder here:       send ──▶ the other end's inbox            inbox ──▶ recv
 *     holder elsewhere:  "message" posts come ──▶ the other end     "message" posts go out, as many as it has room for
 *
 * An end that is held elsewhere gets its messages without asking; it posts `room` when it has taken some. A
 * sender elsewhere may be so many messages ahead of the receiver and gets `taken` posts. Both go beside a message where one
 * goes the same way: two that talk to each other need no posts.
 * Where most goes through memory, a holder elsewhere posts `letter` for each letter that it wants, and how many have come.
 * The first post to a holder elsewhere is `here`: what comes there before was on its way to an earlier one, and goes out again.
 */
import { show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import { TransferError } from "../../core/errors.ts";
import { encodeFailure } from "../../wire/codec/codec.ts";
import { detach, type EncodedMessage, readMessage } from "../objects/message.ts";
import { callerOf } from "../objects/bounds.ts";
import { thisNode } from "../objects/node.ts";
import { type Caller, type Core, isWithin, NO_QUESTIONS } from "../objects/served_objects.ts";
import { CallerList } from "../sync/caller_waiter.ts";
import { closedError, endError } from "./end_error.ts";
import { closeEndsIn, inTransit } from "./ends_in_transit.ts";
import { PipeBridge } from "./pipe_bridge.ts";
import { AHEAD, Receipts, toldCount } from "./receipts.ts";
import type { RingPipe } from "./ring_pipe.ts";

/** How one end stands. */
export interface PipeEndStatistics {
  /** How many messages wait to be received here. */
  readonly waiting: number;
  readonly closed: boolean;
}

/** See the head of this file. */
export class PipeEndCore implements Core {
  readonly questions: ReadonlySet<string> = NO_QUESTIONS;
  /** What its holder may do with it, whatever the holder says. */
  readonly readable: boolean;
  readonly writable: boolean;
  /** Its rings, if the pipe is in the family's memory: then only what travels, or finds no room there, is a letter. */
  readonly rings: RingPipe | null;
  /** What passes messages on to a holder that does not see that memory. */
  #bridge: PipeBridge | null = null;
  readonly #inbox = new Deque<EncodedMessage>();
  readonly receivers: CallerList<EncodedMessage> = new CallerList();
  readonly #pollers = new CallerList<true>();
  readonly #senders = new CallerList<true>();
  #other!: PipeEndCore;
  #closed = false;
  /** Whether it closes when what its holder has sent has found a place. */
  #isClosing = false;
  /** The process that has this end; `null` for its home; `""` for none: it is in a message that is not sent yet. */
  #holder: string | null = null;
  /** How many more messages a holder elsewhere has room for. */
  #room = 0;
  /** What was posted to the holder of late, and may not have come there. */
  readonly #posted = new Deque<EncodedMessage>();
  /** How many were posted to it. */
  #postedCount = 0;
  /** Of what was received here and sent elsewhere. */
  readonly #receipts = new Receipts();
  #toldEnd = false;
  /** The ticket of the journey that it is on. */
  #ticket: string | null = null;

  constructor(readable: boolean, writable: boolean, rings: RingPipe | null) {
    this.readable = readable;
    this.writable = writable;
    this.rings = rings;
  }

  /** Whether this process passes on what the holder of the other end sends. */
  get isOtherBridged(): boolean {
    return this.#other.#bridge !== null;
  }

  /** Two ends that are connected; the first only receives and the second only sends, unless it is `duplex`. */
  static pair(duplex: boolean, ways: [RingPipe, RingPipe] | null): [PipeEndCore, PipeEndCore] {
    const ends: [PipeEndCore, PipeEndCore] = [
      new PipeEndCore(true, duplex, ways?.[0] ?? null),
      new PipeEndCore(duplex, true, ways?.[1] ?? null),
    ];
    ends[0].#other = ends[1];
    ends[1].#other = ends[0];
    return ends;
  }

  /** Sends from here; waits while the receiver is far behind. `null`: nobody has to wait. */
  send(encoded: EncodedMessage): Promise<unknown> | null {
    if (this.#isAtEnd()) {
      return Promise.reject(closedError());
    }
    const other = this.#other;
    // What stays here is copied, so that the sender cannot change it any more.
    const own = other.#holder === null ? detach(encoded) : encoded;
    if (other.#give(own)) {
      return other.#holder === null ? null : thisNode().settled(other.#holder);
    }
    other.#keep(other.#holder === null ? own : detach(encoded));
    if (other.#inbox.size <= AHEAD) return null;
    return thisNode().waiting(this.#senders.wait(callerOf()));
  }

  /** Takes what has come here, if something has. */
  take(): EncodedMessage | null {
    const encoded = this.#inbox.shift();
    if (encoded === undefined) return null;
    this.#taken();
    return encoded;
  }

  /** Receives here. */
  recv(caller: Caller, timeout: number | null): Promise<EncodedMessage | null> {
    const there = this.take();
    if (there !== null) return Promise.resolve(there);
    if (this.#isAtEnd()) return Promise.reject(endError());
    return this.receivers.wait(caller, timeout);
  }

  /** Takes back what was received here and is not used; it comes first again. */
  putBack(encoded: EncodedMessage): void {
    if (this.#closed) return closeEndsIn(encoded);
    if (this.#holder === null && this.receivers.give(encoded)) return;
    this.#inbox.unshift(encoded);
    if (this.#holder === null) this.#pollers.grantAll(true);
    else this.#giveKept();
  }

  /** Waits for something to receive here. */
  async poll(caller: Caller, timeout: number | null): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#isAtEnd()) return true;
    return await this.#pollers.wait(caller, timeout) !== null;
  }

  /** What the holder has sent comes before the end. */
  close(): void {
    if (this.#closed || this.#isClosing) return;
    const sending = this.#bridge?.finish() ?? null;
    if (sending === null) return this.#closeNow();
    this.#isClosing = true;
    sending.then(() => this.#closeNow());
  }

  #closeNow(): void {
    this.#closed = true;
    this.#endJourney();
    for (const encoded of this.#inbox) closeEndsIn(encoded);
    this.#inbox.clear();
    this.#unbridge();
    this.rings?.close();
    this.#end();
    this.#other.#end();
    if (!this.#other.#closed) return;
    this.rings?.free();
    this.#other.rings?.free();
  }

  /** It leaves this process, in a message that is not sent yet. What waits for it here has ended. */
  leaves(ticket: string): void {
    this.#beginJourney(ticket);
    this.#failWaits();
    this.#holder = "";
    this.#other.#bridge?.turn();
  }

  /** Its message is on the way to that process. */
  consignedTo(path: string): void {
    if (this.#ticket !== null) this.#holder = path;
  }

  /** Only the one that it travelled to gets it: who had it before and knows it still has lost it. */
  heldIn(path: string | null, ticket: string | null): void {
    if (ticket === null) {
      if (path !== null || this.#holder === null) return;
      throw new TransferError("Cannot read a connection: it is not on its way here");
    }
    this.#endJourney();
    this.#holder = path;
    this.#other.#bridge?.turn();
    if (path === null) return;
    this.#posted.clear();
    this.#postedCount = 0;
    this.#room = this.rings === null ? AHEAD : 0; // a letter is asked for when its turn has come
    this.#toldEnd = false;
    thisNode().post(path, this, "here", ticket); // before it, whatever was on its way to an earlier holder
    this.#giveKept();
  }

  /** A post from a process; only the one that has this end has something to say. The rings of a closed one may be another's. */
  posted(from: string, what: string, content: readonly unknown[]): void {
    if (this.#holder !== from || this.#isTravelling || this.#closed) return;
    switch (what) {
      case "message": {
        if (!this.writable) {
          throw new TransferError("Cannot take a message: it comes from a read-only end");
        }
        const encoded = readMessage(content, thisNode().sourceOf(from));
        if (this.#bridge === null) this.#pass(encoded);
        else this.#bridge.take(encoded, () => this.#other.#taken());
        if (content.length > 3) this.#addRoom(toldCount(content[3]));
        break;
      }
      case "room":
        this.#addRoom(toldCount(content[0]));
        break;
      case "letter":
        this.#noteArrived(content[0]);
        this.#room++;
        this.#giveKept();
        break;
      case "bridge":
        this.#beginBridge();
        break;
      case "leaves": {
        const [messages, ticket, arrived] = content;
        if (!Array.isArray(messages) || typeof ticket !== "string") {
          throw new TransferError("Cannot take an end that leaves: it does not say how");
        }
        this.#noteArrived(arrived);
        const unread = messages.map((each) => readMessage(each, thisNode().sourceOf(from)));
        unread.push(...this.#posted); // which does not find it there any more
        this.#beginJourney(ticket);
        const kept = this.#bridge?.stop(unread) ?? unread;
        this.#unbridge();
        for (const each of kept.reverse()) this.#inbox.unshift(each);
        break;
      }
      case "close":
        this.close();
        break;
    }
  }

  dropped(): void {
    if (this.#holder !== null) this.close();
  }

  processEnded(path: string): void {
    if (this.#holder !== null && isWithin(this.#holder, path)) this.close();
  }

  statistics(): PipeEndStatistics {
    return { waiting: this.#inbox.size, closed: this.#closed };
  }

  get #isTravelling(): boolean {
    return this.#ticket !== null;
  }

  #beginJourney(ticket: string): void {
    this.#endJourney();
    this.#ticket = ticket;
    inTransit.set(ticket, this);
  }

  #endJourney(): void {
    if (this.#ticket !== null) inTransit.delete(this.#ticket);
    this.#ticket = null;
  }

  /** Gives a message to the holder of this end, if it can take it at once. */
  #give(encoded: EncodedMessage): boolean {
    if (this.#bridge !== null) return false; // it takes each letter at its place
    if (this.#holder === null) {
      if (!this.receivers.give(encoded)) return false;
    } else {
      if (this.#isTravelling || this.#room === 0 || this.#inbox.size > 0) return false;
      this.#room--;
      this.#postLetter(encoded);
    }
    this.#taken();
    return true;
  }

  /** Says also whether this process vouches for it: what it only passes on names nothing to load. */
  #postLetter(encoded: EncodedMessage): void {
    const { isBytes, value, marked, source } = encoded;
    const content = [isBytes, value, marked, source !== "peer"];
    this.#postedCount++;
    this.#posted.push(encoded);
    const receipts = this.#other.#receipts;
    const told = receipts.dueBeside;
    if (told > 0) content.push(told);
    thisNode().post(this.#holder as string, this, "message", ...content);
    receipts.told(told);
  }

  /**
   * So many of what was posted to the holder have come there.
   *
   * @throws {TransferError} if that cannot be.
   */
  #noteArrived(count: unknown): void {
    const underway = Number.isInteger(count) ? this.#postedCount - (count as number) : -1;
    if (underway < 0 || underway > this.#posted.size) {
      throw new TransferError(
        `Cannot take what an end says: that ${show(count)} messages have come there; say how many`,
      );
    }
    while (this.#posted.size > underway) this.#posted.shift();
  }

  /** The holder has received so many, and has room for as many more. */
  #addRoom(count: number): void {
    for (let i = 0; i < count; i++) this.#posted.shift();
    if (this.#bridge !== null) this.#bridge.addRoom(count, AHEAD);
    else this.#room = Math.min(AHEAD, this.#room + count);
    this.#giveKept();
  }

  /** Sends a message to the other end; one that finds nobody is dropped. */
  #pass(encoded: EncodedMessage): void {
    if (this.#isAtEnd()) return closeEndsIn(encoded);
    try {
      if (!this.#other.#give(encoded)) this.#other.#keep(encoded);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The holder does not see the family's memory. It has not believed what it was told of the end before. */
  #beginBridge(): void {
    if (this.rings === null || this.#bridge !== null) return;
    const other = this.#other;
    this.#toldEnd = false;
    this.#bridge = new PipeBridge(this.rings, {
      deliver: (encoded) => this.#postLetter(encoded),
      takeLetter: () => this.#takeOrEnd(),
      letterComes: () => this.poll(callerOf(), null),
      passLetter: (encoded) => this.#pass(encoded),
      ended: () => this.#end(),
      failed: (error) => this.#fail(error),
      get isOtherHere(): boolean {
        return other.#holder === null;
      },
    }, AHEAD);
  }

  #unbridge(): void {
    if (this.#bridge === null) return;
    this.#bridge.finish();
    this.#bridge = null;
    this.#pollers.grantAll(true); // it waits for no letter any more
  }

  /** As {@link PipeEndCore.take}; throws where no more comes. */
  #takeOrEnd(): EncodedMessage | null {
    const letter = this.take();
    if (letter === null && this.#isAtEnd()) throw endError();
    return letter;
  }

  /** A message cannot be passed on, to the holder or from it: that one hears why, and the other end hears of the end. */
  #fail(error: unknown): void {
    if (this.#closed || this.#holder === null) return;
    this.#toldEnd = true;
    thisNode().post(this.#holder, this, "failed", encodeFailure(error, "process").value);
    this.#closeNow();
  }

  #keep(encoded: EncodedMessage): void {
    this.#inbox.push(encoded);
    this.#pollers.grantAll(true);
  }

  #giveKept(): void {
    if (this.#bridge !== null) return;
    while (this.#inbox.size > 0 && this.#room > 0 && !this.#isTravelling) {
      this.#room--;
      try {
        this.#postLetter(this.#inbox.shift() as EncodedMessage);
      } catch (error) {
        return this.#fail(error);
      }
      this.#taken();
    }
    if (this.#isAtEnd()) this.#end();
  }

  /** A message was taken here: who sent it may send more. */
  #taken(): void {
    const sender = this.#other;
    if (sender.#holder === null) {
      if (this.#inbox.size <= AHEAD) sender.#senders.grantAll(true);
    } else if (this.#receipts.add() && !sender.#isTravelling) {
      const told = this.#receipts.due;
      this.#receipts.told(told);
      thisNode().post(sender.#holder, sender, "taken", told);
    }
  }

  /** Tells the holder of this end that nothing more comes, once it has everything. */
  #end(): void {
    if (this.#holder === null) this.#failWaits();
    else if (this.#bridge !== null && !this.#bridge.isOver) {
      this.#pollers.grantAll(true); // the bridge tells once it has passed everything on
    } else if (this.#inbox.size === 0 && !this.#isTravelling && !this.#toldEnd) {
      this.#toldEnd = true;
      thisNode().post(this.#holder, this, "end", this.#bridge !== null);
    }
  }

  #failWaits(): void {
    this.receivers.failAll(endError);
    this.#pollers.grantAll(true);
    this.#senders.grantAll(true);
  }

  #isAtEnd(): boolean {
    return this.#closed || this.#other.#closed;
  }
}
