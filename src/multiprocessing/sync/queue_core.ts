import { show } from "../../core/check.ts";
import { type ClockTimer, realClock } from "../../core/clock.ts";
import { EmptyError, FullError, ShutDownError, TransferError } from "../../core/errors.ts";
import { FifoStore } from "../../sync/item_store.ts";
import { QueueState } from "../../sync/queue.ts";
import { thisNode } from "../objects/node.ts";
import { type Caller, type Core, isWithin } from "../objects/served_objects.ts";
import { waitFor } from "./caller_waiter.ts";
import { Licence, type Licensed } from "./licence.ts";
import { Loan } from "./loan.ts";

/** How a queue stands. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  /** How many fit; 0 for any number. */
  readonly maxsize: number;
  /** How many wait for an item. */
  readonly waitingToGet: number;
  /** How many wait for a place. */
  readonly waitingToPut: number;
  /** How many items were put and not reported done. */
  readonly unfinished: number;
  /** Whether nobody may put any more. */
  readonly isShutDown: boolean;
}

/** What other processes may ask any queue. */
export const QUEUE_QUESTIONS: readonly string[] = [
  "put",
  "get",
  "putBack",
  "qsize",
  "full",
  "taskDone",
  "join",
  "shutdown",
  "statistics",
];

const QUESTIONS: ReadonlySet<string> = new Set([...QUEUE_QUESTIONS, "offer", "borrow"]);

/**
 * How long a shutdown waits for what children have put and not sent, in milliseconds: one that is stopped, or does not return to
 * its event loop, would hold it up for ever.
 */
const GRACE = 1_000;

/** No licence. */
const UNLICENSED: Licensed = [0, 0];
/** No loan. */
const NOTHING: [loan: number, items: readonly unknown[]] = [0, []];

/**
 * The queue in its home.
 *
 *     open ──shutdown──▶ waits for what is noted and has not come ──all has come, or GRACE is over──▶ shut down
 *
 * What was put before and comes after that is in the queue all the same, or thrown away if it was to be shut down immediately.
 */
export class QueueCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #maxsize: number;
  readonly #state: QueueState<unknown>;
  #shutDown = false;
  /** Whether what was put is thrown away. */
  #discards = false;
  /** By process, who may put without an answer; and those that may no more, but whose items have not all come. */
  readonly #licences = new Map<string, Licence>();
  readonly #leaving = new Set<Licence>();
  #mayLicense = true;
  /** Called when none is leaving any more, or the grace is over. */
  #onAllCome: (() => void)[] = [];
  #grace: ClockTimer | null = null;
  /** What is lent; then nobody waits for an item. */
  #loan: Loan | null = null;
  /** How many items are got and not back. */
  #got = 0;

  constructor(maxsize: number) {
    this.#maxsize = maxsize;
    this.#state = new QueueState<unknown>(new FifoStore(), maxsize === 0 ? Infinity : maxsize, {
      empty: emptyError,
      full: () => fullError(maxsize),
    });
  }

  put(caller: Caller, item: unknown, timeout: number | null): void | Promise<void> {
    if (this.#shutDown) throw shutDownError("put into");
    if (this.#state.offer(item)) return;
    const { putting } = this.#state;
    return waitFor<void, unknown>(
      putting,
      (waiter) => this.#state.enqueuePutter(waiter),
      item,
      caller,
      timeout,
    );
  }

  /** As {@link QueueCore.put}; says how a child may put more without an answer. */
  offer(caller: Caller, item: unknown, timeout: number | null): Licensed | Promise<Licensed> {
    const done = this.put(caller, item, timeout);
    const license = (): Licensed => this.#license(caller.path);
    return done instanceof Promise ? done.then(license) : license();
  }

  get(caller: Caller, timeout: number | null): unknown {
    this.#recall();
    if (this.#state.available) return this.#noteGot(this.#state.take());
    this.#state.checkTake();
    const { taking } = this.#state;
    return waitFor(
      taking,
      (waiter) => this.#state.enqueueTaker(waiter),
      undefined,
      caller,
      timeout,
    ).then((item) => this.#noteGot(item));
  }

  /**
   * As {@link QueueCore.get}, and lends up to `wish` of the items behind it.
   *
   * @returns the item, the number of the loan, and the items of it; 0 and none where nothing is lent.
   */
  borrow(caller: Caller, timeout: number | null, wish: number): unknown {
    const lend = (item: unknown): unknown => [item, ...this.#lend(caller.path, wish)];
    const item = this.get(caller, timeout);
    return item instanceof Promise ? item.then(lend) : lend(item);
  }

  /**
   * Takes back an item that was got and is not used; it comes out first again.
   *
   * @throws {RangeError} if more come back than were got.
   */
  putBack(_caller: Caller, item: unknown): void {
    this.#recall();
    if (this.#got === 0) {
      throw new RangeError("Cannot put an item back: all that were got are back");
    }
    this.#got--;
    this.#state.taking.returned!(item, null);
  }

  qsize(): number {
    return this.#state.size + this.#lent;
  }

  full(): boolean {
    return this.#state.full;
  }

  taskDone(): void {
    this.#state.finish(1);
  }

  join(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    if (this.#state.unfinished === 0) return true;
    const { joining } = this.#state;
    return waitFor(
      joining,
      (waiter) => this.#state.enqueueJoiner(waiter),
      undefined,
      caller,
      timeout,
    );
  }

  /** Ends when all has come that was put before, which is at once where nobody puts without an answer; or when the grace is over. */
  shutdown(_caller: Caller, immediate: boolean): void | Promise<void> {
    this.#mayLicense = false;
    for (const licence of [...this.#licences.values()]) this.#recallLicence(licence);
    if (this.#leaving.size === 0 || this.#shutDown) return this.#shut(immediate);
    this.#grace ??= realClock.setTimer(this.#goOn, GRACE);
    return new Promise((resolve) => {
      this.#onAllCome.push(() => resolve(this.#shut(immediate)));
    });
  }

  /** Has those go on that shut it down. */
  readonly #goOn = (): void => {
    this.#grace?.cancel();
    this.#grace = null;
    const waiting = this.#onAllCome;
    this.#onAllCome = [];
    for (const each of waiting) each();
  };

  #shut(immediate: boolean): void {
    this.#recall();
    this.#shutDown = true;
    this.#state.putters.failAll(() => shutDownError("put into")); // those with a licence have put already
    if (immediate) {
      this.#discards = true;
      this.#state.discard();
    }
    this.#state.refuseTake(() => shutDownError("get from"));
  }

  posted(from: string, what: string, [number, item]: readonly unknown[]): void {
    switch (what) {
      case "put":
        this.#receive(from, number, this.#discards ? nothing : () => this.#state.offer(item));
        break;
      case "unsent":
        this.#receive(from, number, nothing);
        break;
      case "handIn": {
        const licence = this.#findLicence(from, number);
        if (licence !== null) this.#endLicence(licence);
        break;
      }
      case "done":
        if (this.#state.unfinished > 0) this.#state.finish(1);
        else thisNode().post(from, this, "overdone");
        break;
      case "handBack":
        if (this.#loan?.is(from, number)) this.#endLoan();
        break;
      default:
        throw new TransferError(`Cannot read a post to a queue: ${show(what)}`);
    }
  }

  processEnded(path: string): void {
    for (const licence of [...this.#licences.values(), ...this.#leaving]) {
      if (isWithin(licence.path, path)) this.#endLicence(licence);
    }
    if (this.#loan !== null && isWithin(this.#loan.path, path)) this.#endLoan();
  }

  letGoBy(path: string): void {
    for (const licence of [...this.#licences.values(), ...this.#leaving]) {
      if (licence.path === path) this.#endLicence(licence);
    }
    if (this.#loan?.path === path) this.#endLoan();
  }

  #license(path: string): Licensed {
    if (this.#maxsize > 0 || !this.#mayLicense) return UNLICENSED;
    const open = this.#licences.get(path);
    if (open !== undefined) return [open.number, open.noted];
    const licence = Licence.to(path, () => this.#recallLicence(licence!));
    if (licence === null) return UNLICENSED;
    this.#licences.set(path, licence);
    return [licence.number, 0];
  }

  #findLicence(path: string, number: unknown): Licence | null {
    const open = this.#licences.get(path);
    if (open?.is(path, number)) return open;
    for (const each of this.#leaving) if (each.is(path, number)) return each;
    return null;
  }

  /** An item has come without a question, or news that it will not. */
  #receive(from: string, number: unknown, take: () => void): void {
    const licence = this.#findLicence(from, number);
    if (licence === null) {
      throw new TransferError("Cannot read a post to a queue: its process has no leave to put");
    }
    licence.receive();
    take();
    if (licence.isOver) this.#endLicence(licence);
  }

  #recallLicence(licence: Licence): void {
    if (this.#leaving.has(licence)) return;
    this.#licences.delete(licence.path);
    this.#leaving.add(licence);
    licence.recall(this);
    if (licence.isOver) this.#endLicence(licence);
  }

  #endLicence(licence: Licence): void {
    licence.end();
    if (!this.#leaving.delete(licence)) this.#licences.delete(licence.path);
    if (this.#leaving.size === 0) this.#goOn();
  }

  /** How many items are lent and not taken. */
  get #lent(): number {
    return this.#loan === null ? 0 : this.#loan.items.length - this.#loan.taken;
  }

  /** Lends to a process what it may take next; the items of a bounded queue hold their places until somebody asks. */
  #lend(path: string, wish: number): [loan: number, items: readonly unknown[]] {
    if (this.#maxsize > 0 || this.#loan !== null) return NOTHING;
    this.#loan = Loan.of(this.#state, path, wish, this.#recall);
    return this.#loan === null ? NOTHING : [this.#loan.number, this.#loan.items];
  }

  /** Has what is lent and not taken back: it is the oldest. */
  readonly #recall = (): void => {
    if (this.#loan === null) return;
    const { items, taken } = this.#loan;
    if (taken === items.length || this.#loan.recall(this)) this.#endLoan();
  };

  /** What was not taken comes out first again. */
  #endLoan(): void {
    const { items, taken } = this.#loan!;
    this.#loan!.end();
    this.#loan = null;
    this.#got += taken;
    const { taking, takers } = this.#state;
    let next = taken;
    while (next < items.length && takers.size > 0) taking.returned!(items[next++], null);
    for (let last = items.length - 1; last >= next; last--) taking.returned!(items[last], null);
  }

  #noteGot(item: unknown): unknown {
    this.#got++;
    return item;
  }

  statistics(): QueueStatistics {
    const { size, takers, putters, unfinished } = this.#state;
    return {
      size: size + this.#lent,
      maxsize: this.#maxsize,
      waitingToGet: takers.size,
      waitingToPut: putters.size,
      unfinished,
      isShutDown: this.#shutDown,
    };
  }
}

/** The error when nothing came within the timeout. */
export function emptyError(): EmptyError {
  return new EmptyError("Cannot get from the queue: nothing came in time; wait longer");
}

/** The error when no place came free within the timeout. */
export function fullError(maxsize: number): FullError {
  return new FullError(
    `Cannot put into the queue: it stayed full (${maxsize} items); wait longer, or get from it`,
  );
}

/** The error once a queue is shut down. */
export function shutDownError(what: "put into" | "get from"): ShutDownError {
  return new ShutDownError(`Cannot ${what} the queue: it is shut down`);
}

function nothing(): void {
  // What could not be sent stays where it was put; what is not wanted any more is dropped.
}
