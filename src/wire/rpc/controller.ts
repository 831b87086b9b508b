/**
 * The near side of one worker: encodes and sends calls, reads how they ended.
 *
 *     run(call) ─▶ outbox ─(once a microtask)─▶ transport ─▶ worker
 *                                                             │
 *     call.done / call.failed ◀────── SETTLED ◀───────────────┘
 *     call.lost ◀────── the transport closed before the call was settled
 *
 * - Calls made in one turn travel as one message.
 * - A function's name travels once; afterwards its number does.
 * - A call that is taken back is let go of: only its slot is kept until the worker has passed over it.
 * - When the worker is gone, each call that was not settled is told so, exactly once.
 */
import { BrokenExecutorError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { absorbTrace, type Span, trace } from "../../core/trace.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { Arrivals, unread } from "./arrivals.ts";
import {
  captureArguments,
  decode,
  decodeFailure,
  type EncodedValue,
  encodeFailure,
  isMoving,
  sealEncoded,
  takeBack,
} from "../codec/codec.ts";
import type { Call } from "./call.ts";
import type { ControllerEvents, OpenCall } from "./controller_events.ts";
import { FunctionIndex, type Target } from "../codec/portable.ts";
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
  /** An error that ended the worker while it had nothing to do: no call tells of it. */
  untold: unknown;
  readonly #transport: Transport;
  /** A thread is a part of this program; a process is not. */
  readonly #source: Source;
  readonly #offers: Offers | null;
  readonly #events: ControllerEvents;
  /** Those that the worker has, by their numbers. */
  readonly #open = new Map<number, OpenCall>();
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

  /** How many calls the worker has. */
  get load(): number {
    return this.#open.size;
  }

  /** Whether the worker is gone. */
  get isGone(): boolean {
    return this.gone.done();
  }

  /**
   * Hands the worker a call; returns the number by which it can be stopped.
   *
   * @throws {TransferError} if an argument cannot cross; nothing is sent then.
   */
  run(call: Call): number {
    const { reach } = this.#transport;
    const encoded = call.encoded ?? captureArguments(call.args, call.carried, reach);
    sealEncoded(encoded, reach);
    const fn = this.#functions.of(call, this.#define);
    const id = this.#ids++;
    const moves = isMoving(encoded);
    // What is moved is gone when it is sent: such a call cannot be taken back.
    const slot = this.#offers === null || moves ? -1 : this.#offers.offer(id);
    this.#open.set(id, { call, slot, owed: ITEMS_AHEAD, arrivals: null });
    const base = call.onItems !== null ? Mode.STREAM : call.isChunk ? Mode.CHUNK : Mode.CALL;
    const isCarrying = call.carried !== undefined && call.carried !== null;
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

  /** A call with something to move travels alone: its neighbours' harm is not its, nor its theirs. */
  #sendMoving(id: number, message: unknown[], { moves }: EncodedValue): void {
    this.flush();
    try {
      this.#transport.send(message, [...moves!]);
    } catch (error) {
      this.#open.delete(id);
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

  /** Asks the worker to stop a call, with the reason that it will see; `false` if it has ended. */
  stop(id: number, reason: unknown): boolean {
    if (!this.#open.has(id)) return false;
    this.flush();
    this.#transport.sendControl([Op.STOP, id, encodeFailure(reason, this.#transport.reach).value]);
    this.#transport.wake?.(id + 1);
    return true;
  }

  /** Whether more calls may wait over there behind those that have begun, because they can be taken back. */
  get takesMore(): boolean {
    const offers = this.#offers;
    return offers !== null && offers.isClosed !== true && offers.isFull !== true;
  }

  /**
   * Takes back those of the calls that the worker has not begun, and returns them; nothing of them comes any more.
   * Ask for {@link collect} after that: the others may have ended.
   */
  revoke(ids: readonly number[]): Call[] {
    this.flush();
    if (this.#offers === null) return [];
    const open = new Map<number, OpenCall>();
    for (const id of ids) {
      const each = this.#open.get(id);
      if (each !== undefined && each.slot >= 0 && each.call !== null) open.set(each.slot, each);
    }
    return this.#offers.revoke([...open.keys()]).map((slot) => letGo(open.get(slot)!));
  }

  /** Whether outcomes that the worker holds back can be had. */
  get canCollect(): boolean {
    return this.#offers?.noted !== undefined;
  }

  /** Takes the outcomes that the worker has noted and not sent: it may be busy with something long. */
  collect(): void {
    this.#settleAll([Op.SETTLED, ...this.#offers?.noted?.((id) => this.#open.has(id)) ?? []]);
  }

  /** Whether the worker has begun a call; a worker without slots begins what it gets. */
  begun(id: number): boolean {
    const open = this.#open.get(id);
    if (open === undefined) return true;
    return open.slot < 0 || this.#offers === null || this.#offers.begun(open.slot);
  }

  /** Asks for an answer, which comes unless something computes over there. */
  ping(onAnswer: () => void): void {
    this.#onAnswer = onAnswer;
    this.#send([Op.PING]);
  }

  /** Tells the worker that the receiver of a generator took `count` items. */
  taken(id: number, count: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.owed -= count;
    if (open.owed > ITEMS_AHEAD / 2) return;
    this.#send([Op.PULL, id, ITEMS_AHEAD - open.owed]);
    if (open.arrivals !== null) open.arrivals.granted += ITEMS_AHEAD - open.owed;
    open.owed = ITEMS_AHEAD;
  }

  /** Tells the worker that no more items of a generator are wanted; its `finally` runs. */
  finish(id: number): void {
    if (!this.#open.has(id)) return;
    this.#transport.sendControl([Op.RETURN, id]);
    this.#transport.wake?.(id + 1);
  }

  /**
   * Asks the worker to finish what it has and go; ends when it is gone. With `keeps`, what it ran on may be kept for
   * somebody else, if nothing was left there.
   */
  end(keeps = false): Future<Ending> {
    this.flush();
    if (!this.isGone) this.#send([Op.END, keeps]);
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
      const open = this.#open.get(id);
      if (open === undefined) continue;
      const code = message[i + 1] as number;
      const value = message[i + 2];
      const ms = message[i + 3] as number >= 0 ? message[i + 3] as number : 0; // no NaN among the times
      const marked = code === Code.MARKED || code === Code.FAILED;
      if (open.call === null || (!marked && open.arrivals === null)) {
        this.#settle(open, id, code, value, ms);
      } else {
        const settle = (): void => this.#settle(open, id, code, value, ms);
        this.#arrivals(id, open, open.call).inOrder([{ value, marked }], settle);
      }
    }
  }

  #settle(open: OpenCall, id: number, code: number, value: unknown, ms: number): void {
    if (!this.#open.delete(id)) return;
    if (open.slot >= 0) this.#offers?.free(open.slot);
    const { call, arrivals } = open;
    if (call === null) return;
    if (code === Code.REVOKED && open.slot >= 0 && this.#events.onReturned !== undefined) {
      // It was begun here and taken back there at once: nobody has it.
      return this.#events.onReturned(letGo(open));
    }
    try {
      if (arrivals !== null && arrivals.broken !== undefined) throw arrivals.broken;
      if (code === Code.VOID) call.done(undefined);
      else if (code === Code.PLAIN) call.done(value);
      else if (code === Code.MARKED) call.done(decode({ value, marked: true }, this.#source));
      else call.failed((decode({ value, marked: true }, this.#source) as { error: unknown }).error);
    } catch (error) {
      call.failed(error);
    }
    this.#events.onSettled?.(call, ms);
  }

  #arrivalsOf(id: unknown): Arrivals | undefined {
    const open = this.#open.get(id as number);
    return open?.call ? this.#arrivals(id as number, open, open.call) : undefined;
  }

  #arrivals(id: number, open: OpenCall, call: Call): Arrivals {
    return open.arrivals ??= new Arrivals(call, this.#source, () => this.finish(id));
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
    for (const [id, open] of [...this.#open]) {
      if (id > (last as number) || open.arrivals?.isLoading) continue;
      const items = there.get(id) as number | undefined;
      if (items === undefined) {
        this.#refuse(id, unread("The arguments or the result of this job"));
      } else if (open.call !== null && (open.arrivals?.items ?? 0) < items) {
        this.#arrivals(id, open, open.call).miss();
      }
    }
  }

  #refuse(id: number, error: unknown): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    if (open.slot >= 0) this.#offers?.free(open.slot);
    if (open.call === null) return;
    open.call.failed(error);
    this.#events.onSettled?.(open.call, 0);
  }

  #close(ending: Ending): void {
    this.collect(); // what it ended and could not send any more
    const loading = [...this.#open.values()].flatMap((open) => open.arrivals?.loaded ?? []);
    if (loading.length > 0) { // what has come is not lost because its classes are still to come
      Promise.all(loading).then(() => this.#close(ending));
      return;
    }
    const cause = this.#crash ?? ending.cause;
    const left = [...this.#open.values()].filter((open) => open.call !== null);
    this.#open.clear();
    this.#outbox = [];
    this.gone.setResult(ending);
    const lost = this.#events.onReturned === undefined ? left : this.#returnUnbegun(left);
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
    for (const { call } of lost) call?.lost(error());
  }

  /** What the worker never began can run elsewhere; returns what it has begun. */
  #returnUnbegun(left: readonly OpenCall[]): OpenCall[] {
    // Taken back, not looked at: a thread that closed its port may still be executing.
    const back = new Set(this.#offers?.revoke(left.map((open) => open.slot)));
    const lost: OpenCall[] = [];
    for (const open of left.toReversed()) { // the last first, so that they come to wait in their order
      if (back.has(open.slot)) this.#events.onReturned?.(letGo(open));
      else lost.push(open);
    }
    return lost.reverse();
  }
}

/** The call, of which only the slot is kept from here on. */
function letGo(open: OpenCall): Call {
  const call = open.call as Call;
  open.call = null;
  open.arrivals = null;
  return call;
}
