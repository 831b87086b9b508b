/**
 * The near side of one worker: hands it calls, hears how they ended.
 *
 *     run(job) ─▶ outbox ─(once a microtask)─▶ transport ─▶ worker
 *                                                            │
 *     job.done / job.failed ◀────── SETTLED ◀────────────────┘
 *     job.lost ◀────── the transport closed before the job was settled
 *
 * - Calls made in one turn travel as one message.
 * - A function's name travels once; afterwards its number does.
 * - When the worker is gone, each job that was not settled is told so, exactly once.
 */
import { BrokenExecutorError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { absorbTrace, type Span, trace } from "../../core/trace.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { Arrivals, unread } from "./arrivals.ts";
import {
  decode,
  decodeFailure,
  type EncodedValue,
  encodeFailure,
  sealEncoded,
  takeBack,
} from "../codec/codec.ts";
import { FunctionIndex } from "../codec/function_index.ts";
import type { ControllerEvents, SentJob } from "./controller_events.ts";
import { captureCall, isMoving, type Job } from "../pool/job.ts";
import type { Target } from "../codec/portable.ts";
import { refusalOf } from "../codec/value_kinds.ts";
import { Code, ITEMS_AHEAD, Mode, Op, RUN_WIDTH, SETTLED_WIDTH, type Setup } from "./protocol.ts";
import type { Offers } from "./slot_table.ts";
import type { Ending, Transport } from "./transport.ts";

/** The near side of one worker. */
export class Controller {
  /** Ends when the worker is ready for calls; fails when it never will be. */
  readonly ready: Future<void> = new Future<void>();
  /** Ends when the worker is gone. */
  readonly gone: Future<Ending> = new Future<Ending>();
  /** An error that ended the worker while it had nothing to do: no job tells of it. */
  untold: unknown;
  readonly #transport: Transport;
  /** A thread is a part of this program; a process is not. */
  readonly #source: Source;
  readonly #offers: Offers | null;
  readonly #events: ControllerEvents;
  readonly #sent = new Map<number, SentJob>();
  readonly #functions = new FunctionIndex();
  readonly #define = (index: number, target: Target): void => {
    this.flush(); // what was called before keeps its place
    this.#send([Op.DEFINE, index, target]);
  };
  #outbox: unknown[] = [];
  #flushing = false;
  #ids = 0;
  #crash: unknown;
  #onAnswer: (() => void) | null = null;

  constructor(
    transport: Transport,
    setup: Omit<Setup, "trace">,
    events: ControllerEvents = {},
    offers: Offers | null = null,
  ) {
    this.#transport = transport;
    this.#source = transport.reach === "thread" ? "thread" : "peer";
    this.#events = events;
    this.#offers = offers;
    transport.onMessage = (message) => this.#receive(message as unknown[]);
    transport.onUnreadable = () => this.#ask();
    transport.onClose = (ending) => this.#close(ending);
    transport.start();
    transport.send([Op.SETUP, { ...setup, trace: trace.active } satisfies Setup]);
  }

  /** How many jobs the worker has. */
  get load(): number {
    return this.#sent.size;
  }

  /** Whether the worker is gone. */
  get isGone(): boolean {
    return this.gone.done();
  }

  /**
   * Hands the worker a job; returns the number by which it can be stopped.
   *
   * @throws {TransferError} if an argument cannot cross; nothing is sent then.
   */
  run(job: Job): number {
    const { reach } = this.#transport;
    const encoded = job.encoded ?? captureCall(job.args, job.carried, reach);
    sealEncoded(encoded, reach);
    const fn = this.#functions.of(job.fn, job.target, this.#define);
    const id = this.#ids++;
    const moves = isMoving(encoded);
    // What is moved is gone when it is sent: such a job cannot be taken back.
    const slot = this.#offers === null || moves ? -1 : this.#offers.offer(id);
    this.#sent.set(id, { job, slot, owed: ITEMS_AHEAD, revoked: false, arrivals: null });
    const base = job.onItems !== null ? Mode.STREAM : job.isChunk ? Mode.CHUNK : Mode.CALL;
    const isCarrying = job.carried !== undefined && job.carried !== null;
    const mode = base | (isCarrying ? Mode.CARRYING : 0);
    if (moves) {
      this.#sendMoving(id, [Op.RUN, id, fn, encoded.value, encoded.marked, mode, slot], encoded);
      return id;
    }
    if (this.#outbox.length === 0) this.#outbox.push(Op.RUN);
    this.#outbox.push(id, fn, encoded.value, encoded.marked, mode, slot);
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => this.flush());
    }
    return id;
  }

  /** A job with something to move travels alone: its neighbours' harm is not its, nor its theirs. */
  #sendMoving(id: number, message: unknown[], { moves }: EncodedValue): void {
    this.flush();
    try {
      this.#transport.send(message, [...moves!]);
    } catch (error) {
      this.#sent.delete(id);
      takeBack(message);
      throw refusalOf(error);
    }
  }

  /** Sends now what waits for the end of the turn. */
  flush(): void {
    this.#flushing = false;
    if (this.#outbox.length === 0) return;
    const message = this.#outbox;
    this.#outbox = [];
    try {
      this.#transport.send(message);
    } catch (error) {
      // The platform refused one of them: find out which.
      if (message.length === 1 + RUN_WIDTH) {
        takeBack(message);
        this.#refuse(message[1] as number, refusalOf(error));
      } else {
        for (let i = 1; i < message.length; i += RUN_WIDTH) {
          this.#outbox = [Op.RUN, ...message.slice(i, i + RUN_WIDTH)];
          this.flush();
        }
      }
    }
  }

  /** Takes what has arrived, for a thread that blocks. */
  drain(): void {
    if (!this.isGone) this.#transport.poll();
  }

  /** Asks the worker to stop a job, with the reason that it will see; `false` if it has ended. */
  stop(id: number, reason: unknown): boolean {
    if (!this.#sent.has(id)) return false;
    this.flush();
    this.#transport.sendControl([Op.STOP, id, encodeFailure(reason, this.#transport.reach).value]);
    this.#transport.wake?.(id + 1);
    return true;
  }

  /** How many more jobs may wait over there behind those that have begun, because they can be taken back. */
  get takesMore(): boolean {
    const offers = this.#offers;
    return offers !== null && offers.isClosed !== true && offers.isFull !== true;
  }

  /** Takes back the jobs that the worker has not begun; returns how many those are. */
  revoke(ids: readonly number[]): number {
    this.flush();
    const offers = this.#offers;
    if (offers === null) return 0;
    const open = new Map<number, SentJob>();
    for (const id of ids) {
      const sent = this.#sent.get(id);
      if (sent !== undefined && sent.slot >= 0 && !sent.revoked) open.set(sent.slot, sent);
    }
    const back = offers.revoke([...open.keys()]);
    for (const slot of back) this.#handBack(open.get(slot) as SentJob);
    this.collect();
    return back.length;
  }

  /** Whether outcomes that the worker holds back can be had. */
  get canCollect(): boolean {
    return this.#offers?.noted !== undefined;
  }

  /** Takes the outcomes that the worker has noted and not sent: it may be busy with something long. */
  collect(): void {
    this.#settleAll([Op.SETTLED, ...this.#offers?.noted?.((id) => this.#sent.has(id)) ?? []]);
  }

  #handBack(sent: SentJob): void {
    sent.revoked = true;
    this.#events.onRevoked?.(sent.job);
  }

  /** Whether the worker has begun a job; a worker without slots begins what it gets. */
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

  /** Tells the worker that the receiver of a generator took `count` items. */
  taken(id: number, count: number): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    sent.owed -= count;
    if (sent.owed > ITEMS_AHEAD / 2) return;
    this.#send([Op.PULL, id, ITEMS_AHEAD - sent.owed]);
    if (sent.arrivals !== null) sent.arrivals.granted += ITEMS_AHEAD - sent.owed;
    sent.owed = ITEMS_AHEAD;
  }

  /** Tells the worker that no more items of a generator are wanted; its `finally` runs. */
  finish(id: number): void {
    if (!this.#sent.has(id)) return;
    this.#transport.sendControl([Op.RETURN, id]);
    this.#transport.wake?.(id + 1);
  }

  /** Asks the worker to finish what it has and go; ends when it is gone. */
  end(): Future<Ending> {
    this.flush();
    if (!this.isGone) this.#send([Op.END]);
    return this.gone;
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
        this.#arrivalsOf(message[1])?.deliver(message[2] as number, message.slice(3));
        break;
      case Op.PROGRESS:
        this.#arrivalsOf(message[1])?.tell({ value: message[2], marked: message[3] as boolean });
        break;
      case Op.UNREAD:
        this.#ask();
        break;
      case Op.HAVE:
        this.#failUnread(message);
        break;
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
        this.#crash = decodeFailure(message[1], this.#source);
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
      const ms = message[i + 3] as number >= 0 ? message[i + 3] as number : 0; // no NaN among the times
      const marked = code === Code.MARKED || code === Code.FAILED;
      if (!marked && sent.arrivals === null) this.#settle(sent, id, code, value, ms);
      else {
        const settle = (): void => this.#settle(sent, id, code, value, ms);
        this.#arrivals(id, sent).inOrder([{ value, marked }], settle);
      }
    }
  }

  #settle(sent: SentJob, id: number, code: number, value: unknown, ms: number): void {
    if (!this.#sent.delete(id)) return;
    if (sent.slot >= 0) this.#offers?.free(sent.slot);
    const { job } = sent;
    if (code === Code.REVOKED && sent.slot >= 0 && this.#events.onRevoked !== undefined) {
      if (!sent.revoked) this.#handBack(sent); // it was begun here and taken back there at once: nobody has it
      return;
    }
    if (sent.revoked) return;
    try {
      if (sent.arrivals !== null && sent.arrivals.broken !== undefined) throw sent.arrivals.broken;
      if (code === Code.VOID) job.done(undefined);
      else if (code === Code.PLAIN) job.done(value);
      else if (code === Code.MARKED) job.done(decode({ value, marked: true }, this.#source));
      else job.failed((decode({ value, marked: true }, this.#source) as { error: unknown }).error);
    } catch (error) {
      job.failed(error);
    }
    this.#events.onSettled?.(job, ms);
  }

  #arrivalsOf(id: unknown): Arrivals | undefined {
    const sent = this.#sent.get(id as number);
    return sent && this.#arrivals(id as number, sent);
  }

  #arrivals(id: number, sent: SentJob): Arrivals {
    return sent.arrivals ??= new Arrivals(sent.job, this.#source, () => this.finish(id));
  }

  /** A message was lost on the way, in whichever direction: asks what the worker has. */
  #ask(): void {
    this.flush();
    this.#send([Op.ASK, this.#ids - 1]);
  }

  /** What was sent before the question, is not settled and not there was in what could not be read. */
  #failUnread([, last, ...have]: unknown[]): void {
    const there = new Map<unknown, unknown>();
    for (let i = 0; i < have.length; i += 2) there.set(have[i], have[i + 1]);
    for (const [id, sent] of [...this.#sent]) {
      if (id > (last as number) || sent.arrivals?.isLoading) continue;
      const items = there.get(id) as number | undefined;
      if (items !== undefined) {
        if ((sent.arrivals?.items ?? 0) < items) this.#arrivals(id, sent).miss();
        continue;
      }
      if (sent.revoked) this.#settle(sent, id, Code.REVOKED, null, 0);
      else this.#refuse(id, unread("The arguments or the result of this job"));
    }
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
    this.collect(); // what it ended and could not send any more
    const loading = [...this.#sent.values()].flatMap((sent) => sent.arrivals?.loaded ?? []);
    if (loading.length > 0) { // what has come is not lost because its classes are still to come
      Promise.all(loading).then(() => this.#close(ending));
      return;
    }
    const cause = this.#crash ?? ending.cause;
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
    if (this.ready.done()) this.untold = lost.length === 0 ? this.#crash : undefined;
    else {
      this.ready.setException(error());
      this.ready.exception(); // the jobs tell it too, so that nobody has to look
    }
    this.#events.onGone?.(ending);
    for (const { job } of lost) job.lost(error());
  }

  /** What the worker never began can run elsewhere; returns what it has begun. */
  #handBackUnbegun(left: readonly SentJob[]): SentJob[] {
    // Taken back, not looked at: a thread that closed its port may still be executing.
    const back = new Set(this.#offers?.revoke(left.map((sent) => sent.slot)));
    const lost: SentJob[] = [];
    for (const sent of left.toReversed()) { // the last first, so that they come to wait in their order
      if (back.has(sent.slot)) this.#handBack(sent);
      else lost.push(sent);
    }
    return lost.reverse();
  }
}
