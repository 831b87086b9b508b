/**
 * One end of a pipe in the pipe's home.
 *
 *     holder here:       send ──▶ the other end's inbox            inbox ──▶ recv
 *     holder elsewhere:  "letter" posts come ──▶ the other end     "letter" posts go out, as many as it has room for
 *
 * An end that is held elsewhere gets its letters without asking; it posts `room` when it has taken some. A
 * sender elsewhere may be so many letters ahead of the receiver and gets `taken` posts.
 */
import { Deque, EOFError } from "../core/mod.ts";
import { detach, type Letter, letterOf } from "./letter.ts";
import { here } from "./node.ts";
import { type Caller, type Core, isWithin } from "./served_objects.ts";
import { Waiters } from "./waiters.ts";

/** How many letters may be ahead of their receiver. */
export const AHEAD = 128;
/** After so many letters the other side is told. */
export const TOLD_EACH = 32;

const DONE = Promise.resolve();

/** How one end stands. */
export interface PipeEndStatistics {
  /** How many letters wait to be received here. */
  readonly waiting: number;
  readonly closed: boolean;
}

/** Ends that are on their way to another process, which is not known yet. */
let consigned: PipeEndCore[] = [];

/** Says to which process the ends go that were just put into a message: when it ends, they close. */
export function consignEnds(path: string): void {
  if (consigned.length === 0) return;
  for (const end of consigned) end.consignedTo(path);
  consigned = [];
}

/** See the head of this file. */
export class PipeEndCore implements Core {
  readonly #inbox = new Deque<Letter>();
  readonly #receivers = new Waiters<Letter>();
  readonly #pollers = new Waiters<true>();
  readonly #senders = new Waiters<true>();
  #other!: PipeEndCore;
  #closed = false;
  /** The process that has this end; `null` for its home. */
  #holder: string | null = null;
  /** On its way there: it cannot be given anything. */
  #travelling = false;
  /** How many more letters a holder elsewhere has room for. */
  #room = 0;
  #takenSinceTold = 0;
  #toldEnd = false;

  /** Two ends that are connected. */
  static pair(): [PipeEndCore, PipeEndCore] {
    const ends: [PipeEndCore, PipeEndCore] = [new PipeEndCore(), new PipeEndCore()];
    ends[0].#other = ends[1];
    ends[1].#other = ends[0];
    return ends;
  }

  /** Sends from here; waits while the receiver is far behind. */
  send(letter: Letter, signal: AbortSignal): Promise<unknown> {
    if (this.#isAtEnd()) {
      return Promise.reject(
        new EOFError("cannot send: the other end of the connection is closed"),
      );
    }
    const other = this.#other;
    // What stays here is copied, so that the sender cannot change it any more.
    const own = other.#holder === null ? detach(letter) : letter;
    if (other.#give(own)) {
      return other.#holder === null ? DONE : here().settled(other.#holder);
    }
    other.#keep(other.#holder === null ? own : detach(letter));
    if (other.#inbox.size <= AHEAD) return DONE;
    return here().waiting(this.#senders.wait({ path: "", owner: "", signal }));
  }

  /** Receives here. */
  recv(caller: Caller, timeout: number | null): Promise<Letter | null> {
    const letter = this.#inbox.shift();
    if (letter !== undefined) {
      this.#taken();
      return Promise.resolve(letter);
    }
    if (this.#isAtEnd()) return Promise.reject(endError());
    return this.#receivers.wait(caller, timeout);
  }

  /** Waits for something to receive here. */
  async poll(caller: Caller, timeout: number | null): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#isAtEnd()) return true;
    return await this.#pollers.wait(caller, timeout) !== null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.clear();
    this.#end();
    this.#other.#end();
  }

  /** It leaves this process. */
  leaves(): void {
    consigned.push(this);
    this.#travelling = true;
    this.#holder = "";
  }

  /** It is on its way to that process. */
  consignedTo(path: string): void {
    if (this.#travelling) this.#holder = path;
  }

  heldIn(path: string | null): void {
    this.#holder = path;
    this.#travelling = false;
    if (path === null) return;
    this.#room = AHEAD;
    this.#toldEnd = false;
    this.#giveKept();
  }

  /** A post from the process that has this end. */
  posted(from: string, what: string, content: readonly unknown[]): void {
    switch (what) {
      case "letter": {
        const letter = letterOf(content, here().sourceOf(from));
        if (!this.#isAtEnd() && !this.#other.#give(letter)) this.#other.#keep(letter);
        break;
      }
      case "room":
        this.#room += content[0] as number;
        this.#giveKept();
        break;
      case "leaves":
        if (this.#holder !== from) break;
        this.#travelling = true;
        for (const letter of (content[0] as Letter[]).reverse()) this.#inbox.unshift(letter);
        break;
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

  /** Gives a letter to who has this end, if he can take it at once. */
  #give(letter: Letter): boolean {
    if (this.#holder === null) {
      if (this.#receivers.size === 0) return false;
      this.#receivers.wake(letter);
    } else {
      if (this.#travelling || this.#room === 0 || this.#inbox.size > 0) return false;
      this.#room--;
      this.#postLetter(letter);
    }
    this.#taken();
    return true;
  }

  /** Says also whether this process vouches for it: what it only passes on names nothing to load. */
  #postLetter({ isBytes, value, marked, source }: Letter): void {
    const isVouched = source !== "peer";
    here().post(this.#holder as string, this, "letter", isBytes, value, marked, isVouched);
  }

  #keep(letter: Letter): void {
    this.#inbox.push(letter);
    this.#pollers.wakeAll(true);
  }

  #giveKept(): void {
    while (this.#inbox.size > 0 && this.#room > 0 && !this.#travelling) {
      this.#room--;
      this.#postLetter(this.#inbox.shift() as Letter);
      this.#taken();
    }
    if (this.#isAtEnd()) this.#end();
  }

  /** A letter was taken here: who sent it may send more. */
  #taken(): void {
    const sender = this.#other;
    if (sender.#holder === null) {
      if (this.#inbox.size <= AHEAD) sender.#senders.wakeAll(true);
    } else if (++this.#takenSinceTold === TOLD_EACH && !sender.#travelling) {
      this.#takenSinceTold = 0;
      here().post(sender.#holder, sender, "taken", TOLD_EACH);
    }
  }

  /** Tells who has this end that nothing more comes, once he has everything. */
  #end(): void {
    if (this.#holder === null) {
      this.#receivers.refuseAll(endError);
      this.#pollers.wakeAll(true);
      this.#senders.wakeAll(true);
    } else if (this.#inbox.size === 0 && !this.#travelling && !this.#toldEnd) {
      this.#toldEnd = true;
      here().post(this.#holder, this, "end");
    }
  }

  #isAtEnd(): boolean {
    return this.#closed || this.#other.#closed;
  }
}

/** The error at the end of a connection. */
export function endError(): EOFError {
  return new EOFError("the other end of the connection is closed, and everything is received");
}
