import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import { EOFError } from "../../core/errors.ts";
import { encode, takeBack } from "../../wire/codec/codec.ts";
import type { ObjectAddress } from "../objects/journey.ts";
import { detached } from "../objects/detached.ts";
import { thisNode } from "../objects/node.ts";
import { currentOwner } from "../objects/owner.ts";
import type { Borrower } from "../process/ledger.ts";
import type { Mailbox } from "../process/link.ts";
import type { Licensed } from "./licence.ts";
import { MOST_LENT } from "./loan.ts";
import type { LateAnswers } from "./late_answers.ts";
import { tooManyDone } from "../../sync/queue.ts";

/** What a process gets that borrows: the item, and under a number what it may take after it. */
export type Borrowed<T> = readonly [item: T, loan: number, ahead: readonly T[]];

/** A licence of more notes than this is handed in, so that they can be emptied. */
const MOST_NOTES = 16 * 1024;

/** A put that was noted at the moment at which its licence was recalled. */
interface PutInDoubt {
  readonly licence: number;
  /** How it and the puts behind it go on, in order, once it is known how many of the licence count. */
  readonly waiting: ((counted: number) => void)[];
}

/** After so many gets in a row that had nothing beside them a process asks ahead. */
const STEADY = 2;
/** How many items it asks for ahead at first. */
const FIRST_WISH = 4;

/**
 * A queue that the parent of this process serves, as this process uses it.
 *
 * - It asks ahead, for more the steadier it gets, and takes what came without another question. What came and is not
 *   taken stays the queue's: see {@link Loan}.
 * - It reports items that it got as done without an answer.
 * - It puts without an answer, if the queue is never full: see {@link Licence}. A put is done when it is on its way,
 *   in the hands of the system.
 *
 * How the two sides agree tells `process/ledger.ts`.
 */
export class RemoteQueue<T> implements Mailbox {
  readonly #address: ObjectAddress;
  readonly #borrower: Borrower;
  readonly #late: LateAnswers;
  /** The loan that is open here, 0: none; its items, and how many of them are taken. */
  #loan = 0;
  #items: readonly T[] = [];
  #taken = 0;
  readonly #loans = new Comings();
  /** By loan, how a get hears what was taken, which took an item at the moment of the recall. */
  readonly #inDoubt = new Map<number, (taken: number) => void>();
  /** How many questions are not answered. */
  #asking = 0;
  /** How many gets in a row had none beside them. */
  #steady = 0;
  #wish = 0;
  /** How many items were got here, are not back and are not reported as done. */
  #unreported = 0;
  /** Whether others have reported what was got here, so that a report of this process was one too many. */
  #isOverdone = false;
  /** The licence to put without an answer, 0: none; how many puts are noted under it. */
  #licence = 0;
  #puts = 0;
  readonly #licences = new Comings();
  #putInDoubt: PutInDoubt | null = null;

  private constructor(address: ObjectAddress, borrower: Borrower, late: LateAnswers) {
    this.#address = address;
    this.#borrower = borrower;
    this.#late = late;
  }

  /** The queue at `address`; `null` if this process can borrow nothing from there. */
  static at<T>(address: ObjectAddress, late: LateAnswers): RemoteQueue<T> | null {
    const node = thisNode();
    const borrower = node.borrowerFrom(address.home);
    if (borrower === null) return null;
    const queue = new RemoteQueue<T>(address, borrower, late);
    node.mailboxes.add(address, queue);
    return queue;
  }

  /** Gets an item. */
  get(timeout: number | null, leave: Leave): T | Promise<T> {
    if (this.#loan === 0) return this.#ask(timeout, leave);
    const item = this.#items[this.#taken] as T;
    const isTaken = this.#take();
    if (isTaken === true) return this.#noteGot(item);
    if (isTaken === false) return this.#ask(timeout, leave);
    this.#late.add(isTaken.then(nothing, nothing)); // the next get asks after this one
    return this.#takeOrAsk(item, isTaken, timeout, leave);
  }

  /** Puts an item; ends when it is on its way, or in the queue where that may be full. */
  put(item: T, timeout: number | null, leave: Leave): void | Promise<void> {
    if (this.#putInDoubt !== null) {
      const copy = detached(item), { signal } = leave; // which knows of an abort from here on
      return this.#putLater(this.#putInDoubt, () => {
        signal.throwIfAborted();
        return this.put(copy, timeout, leave);
      });
    }
    if (this.#licence === 0) return this.#offer(item, timeout, leave);
    const { value, marked } = encode(item, "process", []);
    if (marked) {
      takeBack(value); // it sets out with the question
      return this.#offer(item, timeout, leave);
    }
    const licence = this.#licence;
    if (!this.#borrower.note(licence)) {
      this.#handIn();
      return this.#offer(item, timeout, leave);
    }
    const number = ++this.#puts;
    if (this.#borrower.isRecalled(licence)) {
      this.#licence = 0;
      const copy = detached(item), { signal } = leave; // which knows of an abort from here on
      const doubt = this.#putInDoubt = { licence, waiting: [] };
      return this.#putLater(doubt, (counted) => {
        if (number <= counted) return this.#post(licence, value);
        signal.throwIfAborted();
        return this.#offer(copy, timeout, leave);
      });
    }
    const put = this.#post(licence, value);
    if (number >= MOST_NOTES) this.#handIn();
    return put;
  }

  /** Reports an item as done that was got here; `null` if all of those are reported. */
  taskDone(): Promise<void> | null {
    if (this.#isOverdone) {
      this.#isOverdone = false;
      return Promise.reject(tooManyDone());
    }
    if (this.#unreported === 0) return null;
    this.#unreported--;
    const node = thisNode();
    node.postHome(this.#address, "done");
    return node.settled(this.#address.home);
  }

  /** An item is put back: what is not taken goes back before it, so that it comes out first. */
  beforePutBack(): void {
    if (this.#unreported > 0) this.#unreported--;
    this.#handBack();
  }

  #noteGot(item: T): T {
    this.#unreported++;
    return item;
  }

  #handBack(): void {
    if (this.#loan === 0) return;
    thisNode().postHome(this.#address, "handBack", this.#loan);
    this.#forget();
  }

  /** Delivers no more letters to it. */
  end(): void {
    thisNode().mailboxes.remove(this.#address, this);
  }

  /** For the node: what the home says of a loan or licence that it recalls, or asks back where it cannot; see {@link Lent}. */
  posted(what: string, content: readonly unknown[]): void {
    if (what === "overdone") {
      this.#isOverdone = true;
      return;
    }
    const isLoan = what === "loan";
    const [number, final] = content as [number, number | null];
    const isEarly = (isLoan ? this.#loans : this.#licences).recall(number);
    const isOpen = number === (isLoan ? this.#loan : this.#licence);
    if (final === null) { // it is asked back
      if (isOpen || isEarly) {
        thisNode().postHome(this.#address, isLoan ? "handBack" : "handIn", number);
      }
    } else this.#borrower.settle(number);
    if (isOpen) {
      if (isLoan) this.#forget();
      else this.#licence = 0;
    }
    if (final === null) return;
    if (isLoan) this.#settleTake(number, final);
    else if (this.#putInDoubt?.licence === number) this.#settlePuts(final);
  }

  /** For the node: nothing can be asked there any more. */
  homeEnded(): void {
    this.#forget();
    for (const tell of this.#inDoubt.values()) tell(GONE);
    this.#inDoubt.clear();
    this.#licence = 0;
    this.#settlePuts(GONE);
  }

  #settleTake(loan: number, taken: number): void {
    this.#wish = taken;
    if (taken === 0) this.#steady = 0;
    this.#inDoubt.get(loan)?.(taken);
    this.#inDoubt.delete(loan);
  }

  #settlePuts(counted: number): void {
    const doubt = this.#putInDoubt;
    this.#putInDoubt = null;
    for (const goOn of doubt?.waiting ?? []) goOn(counted);
  }

  /** Needs the licence no longer; what was posted comes before the news of that. */
  #handIn(): void {
    thisNode().postHome(this.#address, "handIn", this.#licence);
    this.#licence = 0;
  }

  /** Posts what was noted; resolves when it is on its way. */
  #post(licence: number, value: unknown): Promise<void> {
    const node = thisNode();
    try {
      node.postHome(this.#address, "put", licence, value);
    } catch (error) {
      node.postHome(this.#address, "unsent", licence); // it was noted
      throw error;
    }
    return node.settled(this.#address.home);
  }

  /** Has `goOn` put once it is known what counts. */
  #putLater(
    { waiting }: PutInDoubt,
    goOn: (counted: number) => void | Promise<void>,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push((counted) => {
      try {
        if (counted === GONE) throw goneError(this.#address);
        resolve(goOn(counted));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  async #offer(item: T, timeout: number | null, leave: Leave): Promise<void> {
    const { home, id } = this.#address;
    const args = [item, timeout];
    const owner = currentOwner();
    const asked = thisNode().ask(home, id, "offer", args, owner, leave.signal);
    const [licence, noted] = await asked as Licensed;
    if (!this.#licences.come(licence)) return;
    this.#licence = licence;
    this.#puts = noted;
  }

  async #takeOrAsk(
    item: T,
    isTaken: Promise<boolean>,
    timeout: number | null,
    leave: Leave,
  ): Promise<T> {
    const { signal } = leave; // which knows of an abort from here on
    if (await isTaken) return this.#noteGot(item);
    signal.throwIfAborted();
    return await this.#ask(timeout, leave);
  }

  /** Takes the next item; a promise where the home has to say whether it could be taken. */
  #take(): boolean | Promise<boolean> {
    const loan = this.#loan, borrower = this.#borrower;
    if (!borrower.note(loan)) {
      this.#handBack();
      return false;
    }
    const number = ++this.#taken;
    if (!borrower.isRecalled(loan)) {
      if (number === this.#items.length) this.#complete();
      return true;
    }
    this.#forget();
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#inDoubt.set(loan, resolve);
    return promise.then((taken) => {
      if (taken === GONE) throw goneError(this.#address);
      return number <= taken;
    });
  }

  /** All of a loan is taken: the next may be longer. */
  #complete(): void {
    if (this.#taken >= this.#wish) this.#wish = Math.min(2 * this.#wish, MOST_LENT);
    this.#forget();
  }

  #forget(): void {
    this.#loan = 0;
    this.#items = [];
    this.#taken = 0;
  }

  #ask(timeout: number | null, leave: Leave): Promise<T> {
    const isSteady = this.#asking === 0 && this.#borrower.isUsable;
    this.#steady = isSteady ? this.#steady + 1 : 0;
    if (!isSteady) this.#wish = 0;
    else if (this.#steady > STEADY) this.#wish ||= FIRST_WISH;
    const { home, id } = this.#address;
    const asked = thisNode().ask(
      home,
      id,
      "borrow",
      [timeout, this.#wish],
      currentOwner(),
      leave.signal,
    ) as Promise<Borrowed<T>>;
    this.#asking++;
    return asked.then((borrowed) => {
      this.#asking--;
      return this.#receive(borrowed);
    }, (error) => {
      this.#asking--;
      throw error;
    });
  }

  #receive([item, loan, ahead]: Borrowed<T>): T {
    this.#noteGot(item);
    if (loan === 0) return item;
    if (!this.#loans.come(loan)) return item;
    this.#handBack();
    this.#loan = loan;
    this.#items = ahead;
    return item;
  }
}

/** The loans of a queue that come to this process, or its licences, by number. */
class Comings {
  /** The one that came last, and those that were recalled before they came. */
  #latest = 0;
  readonly #early = new Set<number>();

  /** One has come; returns whether it can be used: it is new, and not recalled. */
  come(number: number): boolean {
    if (number <= this.#latest) return false;
    this.#latest = number;
    return !this.#early.delete(number);
  }

  /** One is recalled; returns whether it has not come. */
  recall(number: number): boolean {
    const isEarly = number > this.#latest;
    if (isEarly) this.#early.add(number);
    return isEarly;
  }
}

/** Heard in the place of a count when the home has ended. */
const GONE = -1;

function goneError({ home }: ObjectAddress): EOFError {
  return new EOFError(`The process that made this object is gone (${home})`);
}

function nothing(): void {
  // How it ended matters to the one that it is for.
}
