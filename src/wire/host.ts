/**
 * The near side of one guest: hands it calls, hears how they ended.
 *
 *     run(job) ─▶ outbox ─(once a microtask)─▶ transport ─▶ guest
 *                                                            │
 *     job.done / job.failed ◀────── SETTLED ◀────────────────┘
 *     job.lost ◀────── the transport closed before the job was settled
 *
 * - Calls made in one turn travel as one message.
 * - A function's name travels once; afterwards its number does.
 * - When the guest is gone, each job that was not settled is told so, exactly once.
 */
import { absorbTrace, BrokenExecutorError, Future, type Span, trace } from "../core/mod.ts";
import type { Source } from "../shared/handle.ts";
import { decode, encode, missingModules } from "./codec.ts";
import type { Job } from "./job.ts";
import type { AnyFunction } from "./portable.ts";
import { Code, ITEMS_AHEAD, Mode, Op, RUN_WIDTH, SETTLED_WIDTH, type Setup } from "./protocol.ts";
import type { Offers } from "./slot_table.ts";
import type { Ending, Transport } from "./transport.ts";

/** A job that the guest has. */
interface Sent {
  readonly job: Job;
  readonly slot: number;
  owed: number;
  /** It was taken back: it is somebody else's now. */
  revoked: boolean;
}

/** What a host tells the one who owns it. */
export interface HostEvents {
  /** A job ended; it took `ms` milliseconds over there. */
  onSettled?(job: Job, ms: number): void;
  /** A job was taken back before it began, also by the guest's death. */
  onRevoked?(job: Job): void;
  /** The guest is gone. */
  onGone?(ending: Ending): void;
}

/** The near side of one guest. */
export class Host {
  /** Ends when the guest is ready for calls; fails when it never will be. */
  readonly ready: Future<void> = new Future<void>();
  /** Ends when the guest is gone. */
  readonly gone: Future<Ending> = new Future<Ending>();
  readonly #transport: Transport;
  /** A thread is a part of this program; a process is not. */
  readonly #source: Source;
  readonly #offers: Offers | null;
  readonly #events: HostEvents;
  readonly #sent = new Map<number, Sent>();
  readonly #known = new WeakMap<AnyFunction, number>();
  readonly #indices = new Map<string, number>();
  #outbox: unknown[] = [];
  #moves: Transferable[] = [];
  #flushing = false;
  #ids = 0;
  #crash: unknown;
  #onAnswer: (() => void) | null = null;

  constructor(
    transport: Transport,
    setup: Omit<Setup, "trace">,
    events: HostEvents = {},
    offers: Offers | null = null,
  ) {
    this.#transport = transport;
    this.#source = transport.reach === "thread" ? "thread" : "peer";
    this.#events = events;
    this.#offers = offers;
    transport.onMessage = (message) => this.#receive(message as unknown[]);
    transport.onClose = (ending) => this.#close(ending);
    transport.start();
    transport.send([Op.SETUP, { ...setup, trace: trace.active } satisfies Setup]);
  }

  /** How many jobs the guest has. */
  get load(): number {
    return this.#sent.size;
  }

  /** Whether the guest is gone. */
  get isGone(): boolean {
    return this.gone.done();
  }

  /**
   * Hands the guest a job; answers the number by which it can be stopped.
   *
   * @throws {TransferError} if an argument cannot cross; nothing is sent then.
   */
  run(job: Job): number {
    const isCarrying = job.carried !== undefined && job.carried !== null;
    const sent = isCarrying ? [job.carried, ...job.args] : job.args;
    const args = encode(sent, this.#transport.reach, this.#moves);
    const fn = this.#define(job);
    const id = this.#ids++;
    const slot = this.#offers === null ? -1 : this.#offers.offer(id);
    this.#sent.set(id, { job, slot, owed: ITEMS_AHEAD, revoked: false });
    const mode = job.onItems !== null ? Mode.STREAM : job.isChunk ? Mode.CHUNK : Mode.CALL;
    if (this.#outbox.length === 0) this.#outbox.push(Op.RUN);
    const carrying = isCarrying ? Mode.CARRYING : 0;
    this.#outbox.push(id, fn, args.value, args.marked, mode | carrying, slot);
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => this.flush());
    }
    return id;
  }

  /** Sends now what waits for the end of the turn. */
  flush(): void {
    this.#flushing = false;
    if (this.#outbox.length === 0) return;
    const message = this.#outbox;
    const moves = this.#moves;
    this.#outbox = [];
    this.#moves = [];
    try {
      this.#transport.send(message, moves);
    } catch (error) {
      // The platform refused one of them: find out which.
      if (message.length === 1 + RUN_WIDTH) this.#refuse(message[1] as number, error);
      else {
        for (let i = 1; i < message.length; i += RUN_WIDTH) {
          this.#outbox = [Op.RUN, ...message.slice(i, i + RUN_WIDTH)];
          this.#moves = moves;
          this.flush();
        }
      }
    }
  }

  /** Takes what has arrived, for a thread that blocks. */
  drain(): void {
    if (!this.isGone) this.#transport.poll();
  }

  /** Asks the guest to stop a job, with the reason that it will see; `false` if it has ended. */
  stop(id: number, reason: unknown): boolean {
    if (!this.#sent.has(id)) return false;
    this.flush();
    this.#transport.urge([Op.STOP, id, encode({ reason }, this.#transport.reach, []).value]);
    this.#transport.rouse?.(id + 1);
    return true;
  }

  /** How many more jobs may wait over there behind those that have begun, because they can be taken back. */
  get takesMore(): boolean {
    const offers = this.#offers;
    return offers !== null && offers.isClosed !== true && offers.isFull !== true;
  }

  /** Takes back the jobs that the guest has not begun; answers how many those are. */
  revoke(ids: readonly number[]): number {
    this.flush();
    const offers = this.#offers;
    if (offers === null) return 0;
    const open = new Map<number, Sent>();
    for (const id of ids) {
      const sent = this.#sent.get(id);
      if (sent !== undefined && sent.slot >= 0 && !sent.revoked) open.set(sent.slot, sent);
    }
    const back = offers.revoke([...open.keys()]);
    for (const slot of back) this.#handBack(open.get(slot) as Sent);
    this.collect();
    return back.length;
  }

  /** Takes the outcomes that the guest has noted and not sent: it may be busy with something long. */
  collect(): void {
    const noted = this.#offers?.noted?.() ?? [];
    if (noted.length > 0) this.#settleAll([Op.SETTLED, ...noted]);
  }

  #handBack(sent: Sent): void {
    sent.revoked = true;
    this.#events.onRevoked?.(sent.job);
  }

  /** Whether the guest has begun a job; a guest without slots begins what it gets. */
  begun(id: number): boolean {
    const sent = this.#sent.get(id);
    if (sent === undefined) return true;
    return sent.slot < 0 || this.#offers === null || this.#offers.begun(sent.slot);
  }

  /** Asks for an answer, which comes unless something computes over there. */
  ping(onAnswer: () => void): void {
    this.#onAnswer = onAnswer;
    this.#send([Op.PING]);
  }

  /** Tells the guest that the receiver of a generator took `count` items. */
  taken(id: number, count: number): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    sent.owed -= count;
    if (sent.owed > ITEMS_AHEAD / 2) return;
    this.#send([Op.PULL, id, ITEMS_AHEAD - sent.owed]);
    sent.owed = ITEMS_AHEAD;
  }

  /** Tells the guest that no more items of a generator are wanted; its `finally` runs. */
  finish(id: number): void {
    if (!this.#sent.has(id)) return;
    this.#transport.urge([Op.RETURN, id]);
    this.#transport.rouse?.(id + 1);
  }

  /** Asks the guest to finish what it has and go; ends when it is gone. */
  end(): Future<Ending> {
    this.flush();
    if (!this.isGone) this.#send([Op.END]);
    return this.gone;
  }

  #define(job: Job): number {
    const known = this.#known.get(job.fn);
    if (known !== undefined) return known;
    const { module, name, source } = job.target;
    const key = source ?? `${module}#${name}`; // a closure made anew each time has the same text
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(key, index);
      this.flush(); // what was called before keeps its place
      this.#send([Op.DEFINE, index, job.target]);
    }
    this.#known.set(job.fn, index);
    return index;
  }

  #send(message: unknown[]): void {
    if (!this.isGone) this.#transport.send(message);
  }

  #receive(message: unknown[]): void {
    switch (message[0]) {
      case Op.SETTLED:
        this.#settleAll(message);
        break;
      case Op.ITEMS:
        this.#deliver(message);
        break;
      case Op.PROGRESS: {
        const progress = decode({ value: message[2], marked: message[3] as boolean }, this.#source);
        this.#sent.get(message[1] as number)?.job.onProgress?.(progress);
        break;
      }
      case Op.UNNOTED:
        if (this.#offers !== null) this.#offers.isClosed = true;
        break;
      case Op.PONG:
        this.#onAnswer?.();
        break;
      case Op.READY:
        this.ready.setResult();
        break;
      case Op.CRASHED:
        this.#crash = decode({ value: message[1], marked: true }, this.#source);
        break;
      case Op.SPANS:
        absorbTrace(message[1] as Span[]);
        break;
    }
  }

  #settleAll(message: unknown[]): void {
    for (let i = 1; i < message.length; i += SETTLED_WIDTH) {
      const id = message[i] as number;
      const sent = this.#sent.get(id);
      if (sent === undefined) continue;
      const code = message[i + 1] as number;
      const value = message[i + 2];
      const ms = message[i + 3] as number;
      if (code === Code.MARKED || code === Code.FAILED) {
        const missing = missingModules({ value, marked: true }, this.#source);
        if (missing.length > 0) {
          // The result holds a handle whose class is not loaded here.
          Promise.all(missing.map((module) => import(module))).then(
            () => this.#settle(sent, id, code, value, ms),
            (error) => this.#settle(sent, id, Code.PLAIN, undefined, ms, error),
          );
          continue;
        }
      }
      this.#settle(sent, id, code, value, ms);
    }
  }

  #settle(
    sent: Sent,
    id: number,
    code: number,
    value: unknown,
    ms: number,
    broken?: unknown,
  ): void {
    if (!this.#sent.delete(id)) return;
    if (sent.slot >= 0) this.#offers?.free(sent.slot);
    const { job } = sent;
    if (code === Code.REVOKED) {
      if (!sent.revoked) this.#handBack(sent); // it was begun here and taken back there at once: nobody has it
      return;
    }
    if (sent.revoked) return;
    try {
      if (broken !== undefined) throw broken;
      if (code === Code.VOID) job.done(undefined);
      else if (code === Code.PLAIN) job.done(value);
      else if (code === Code.MARKED) job.done(decode({ value, marked: true }, this.#source));
      else job.failed((decode({ value, marked: true }, this.#source) as { error: unknown }).error);
    } catch (error) {
      job.failed(error);
    }
    this.#events.onSettled?.(job, ms);
  }

  #deliver(message: unknown[]): void {
    const sent = this.#sent.get(message[1] as number);
    if (sent === undefined) return;
    const items: unknown[] = [];
    for (let i = 2; i < message.length; i += 2) {
      items.push(decode({ value: message[i], marked: message[i + 1] as boolean }, this.#source));
    }
    sent.job.onItems?.(items);
  }

  #refuse(id: number, error: unknown): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    this.#sent.delete(id);
    if (sent.slot >= 0) this.#offers?.free(sent.slot);
    sent.job.failed(error);
    this.#events.onSettled?.(sent.job, 0);
  }

  #close(ending: Ending): void {
    const cause = this.#crash ?? ending.cause;
    this.collect(); // what it ended and could not send any more
    const left = [...this.#sent.values()].filter((sent) => !sent.revoked);
    this.#sent.clear();
    this.#outbox = [];
    this.gone.setResult(ending);
    const lost = this.#events.onRevoked === undefined ? left : this.#handBackUnbegun(left);
    const error = () =>
      new BrokenExecutorError(
        `The worker that had this job is gone: ${
          this.#crash === undefined ? ending.detail : `it crashed with ${this.#crash}`
        }`,
        { cause },
      );
    if (!this.ready.done()) this.ready.setException(error());
    this.#events.onGone?.(ending);
    for (const { job } of lost) job.lost(error());
  }

  /** What the guest never began can run elsewhere; answers what it has begun. */
  #handBackUnbegun(left: readonly Sent[]): Sent[] {
    // Taken back, not looked at: a thread that closed its port may still be executing.
    const slots = left.map((sent) => sent.slot).filter((slot) => slot >= 0);
    const back = new Set(this.#offers?.revoke(slots));
    const lost: Sent[] = [];
    for (const sent of left.toReversed()) { // the last first, so that they come to wait in their order
      if (sent.slot >= 0 && back.has(sent.slot)) this.#handBack(sent);
      else lost.push(sent);
    }
    return lost.reverse();
  }
}
