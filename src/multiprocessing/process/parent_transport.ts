/** The far end of the channel between a child and its parent; runs in the child. */
import { realClock } from "../../core/clock.ts";
import { Channel, isHangup, Lane } from "../../wire/frames/channel.ts";
import type { Claims } from "../../wire/rpc/slot_table.ts";
import type { Ending, Transport } from "../../wire/rpc/transport.ts";
import type { Handover } from "./handover.ts";
import type { Borrower } from "./ledger.ts";
import type { SpareOrder } from "./process_identity.ts";
import { type ChildLine, meet, MESSAGE_LIMIT } from "./rendezvous.ts";

/** How often {@link ParentTransport.poll} looks at most, in milliseconds: a file and a parent cost a system call each. */
const PERIOD = 2;
/**
 * The clock costs as much as a tiny call of a chunk. While two looks at it are less than so many milliseconds apart, more
 * and more polls pass without one, so many at most: what is urgent is late by no more calls than that.
 */
const BRISK = 0.02, MOST_PASSES = 7;

/** The far end of the channel to the parent. */
export class ParentTransport implements Transport {
  readonly reach = "process";
  onMessage: (message: unknown) => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  /** Called for each message about shared objects. */
  onObjectMessage: (message: unknown) => void = () => {};
  /** In a spare: called with the first message, which tells what it is. */
  onOrder: ((order: SpareOrder) => void) | null = null;
  /** Called with each message that is sent. */
  onSend: ((message: unknown) => void) | null = null;
  /** What the parent's goodbye told to exit with; `null` before. */
  exitCode: number | null = null;
  /** By which the parent takes calls back that have not begun. */
  readonly claims: Claims | null;
  /** By which the parent lends items to this process; `null` where no file can be shared with it. */
  readonly borrower: Borrower | null;
  readonly #line: ChildLine;
  readonly #channel: Channel;
  readonly #parentPid: number;
  #closing = false;
  /** When the file and the parent are looked at again. */
  #nextPoll = 0;
  /** When the clock was looked at, how many polls pass from then to the next look, and how many of them are left. */
  #lookedAt = 0;
  #pace = 0;
  #passes = 0;

  constructor(line: ChildLine, parentPid: number) {
    this.#line = line;
    this.#parentPid = parentPid;
    this.claims = line.urgent?.journal ?? null;
    this.borrower = line.urgent?.borrower ?? null;
    if (line.urgent !== null) {
      line.urgent.journal.look = () => this.#deliver(line.urgent!.take());
    }
    this.#channel = new Channel(line.duplex, MESSAGE_LIMIT, () => this.#channel.close());
  }

  start(): void {
    this.#run().then((ending) => this.onClose(ending));
  }

  send(message: unknown): void {
    this.#channel.send(message);
    this.onSend?.(message);
  }

  sendJson(message: string): void {
    this.#channel.sendJson(message);
  }

  /** Sends a message about shared objects. */
  sendObjectMessage(message: unknown): void {
    this.#channel.send(message, Lane.OBJECTS);
    this.onSend?.(message);
  }

  /** The parent always returns to its event loop, or dies. */
  sendControl(message: unknown): void {
    this.send(message);
  }

  /** Takes what is urgent from the file, and ends this process if its parent is gone; looks at most every 2 ms. */
  poll(): void {
    if (this.#passes > 0) {
      this.#passes--;
      return;
    }
    const at = realClock.now();
    this.#pace = at - this.#lookedAt < BRISK ? Math.min(MOST_PASSES, 2 * this.#pace + 1) : 0;
    this.#passes = this.#pace;
    this.#lookedAt = at;
    if (at < this.#nextPoll) return;
    this.#nextPoll = at + PERIOD;
    const { urgent } = this.#line;
    if (urgent !== null) this.#deliver(urgent.take());
    if (isOrphan(this.#parentPid)) Deno.exit(1);
  }

  /** A call that begins is not as brisk as the one before. */
  beginWork(): void {
    this.#passes = 0;
    this.#pace = 0;
  }

  #deliver(messages: readonly unknown[]): void {
    for (const message of messages) this.onMessage(message);
  }

  /** Ends when all that was sent is in the hands of the system; `null` if it is. */
  written(): Promise<void> | null {
    return this.#channel.isWriting ? this.#channel.flushed() : null;
  }

  /** Says goodbye, then closes. What was sent before still arrives. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#channel.send(0, Lane.GOODBYE);
    this.#channel.flushed().then(() => this.#channel.close());
  }

  /** Resolves when what was sent is handed to the system: from then on this process may end. */
  settled(): Promise<void> {
    return this.#channel.flushed();
  }

  #obey(order: SpareOrder): void {
    const { onOrder } = this;
    this.onOrder = null;
    onOrder!(order);
  }

  async #run(): Promise<Ending> {
    try {
      const end = await this.#channel.listen((message, lane) => {
        if (this.onOrder !== null) this.#obey(message as SpareOrder);
        else if (lane === Lane.OBJECTS) this.onObjectMessage(message);
        else this.onMessage(message);
      });
      if (end !== undefined) {
        this.exitCode = end.goodbye as number;
        return { kind: "closed", detail: "the parent said goodbye" };
      }
    } catch (error) {
      if (!isHangup(error)) return { kind: "lost", detail: "the channel is broken", cause: error };
    }
    return this.#closing
      ? { kind: "closed", detail: "this side said goodbye" }
      : { kind: "lost", detail: "the parent is gone" };
  }
}

/** Goes to the parent that started this process. */
export async function connectToParent(
  { key, start: { place, info: { parentPid } } }: Handover,
): Promise<ParentTransport> {
  try {
    return new ParentTransport(await meet(place, key), parentPid);
  } catch (error) {
    // A parent that ended while this process started, or does not want it any more, needs no report of it.
    if (isHangup(error) || await becomesOrphan(parentPid)) Deno.exit(1);
    throw error;
  }
}

/** Whether the parent ends now: what it had open is closed a moment before the system says so. */
async function becomesOrphan(parentPid: number): Promise<boolean> {
  for (let turn = 0; turn < 10 && !isOrphan(parentPid); turn++) {
    await new Promise<void>((resolve) => realClock.setTimer(resolve, GRACE / 10));
  }
  return isOrphan(parentPid);
}

/** Whether the parent has ended: the system has given this process to another. */
function isOrphan(parentPid: number): boolean {
  return Deno.build.os !== "windows" && Deno.ppid !== parentPid;
}

/** How long a child whose parent is gone may take to clean up, in milliseconds. */
const GRACE = 300;

/** Ends this process once its channel has ended. */
export function exitAfter(ending: Ending, transport: ParentTransport): void {
  if (ending.kind === "closed") Deno.exit(transport.exitCode ?? 0);
  realClock.setTimer(() => Deno.exit(1), GRACE);
}
