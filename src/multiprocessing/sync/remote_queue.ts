import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import { EOFError } from "../../core/errors.ts";
import type { ObjectAddress } from "../objects/journey.ts";
import { thisNode } from "../objects/node.ts";
import { currentOwner } from "../objects/owner.ts";
import type { Borrower } from "../process/ledger.ts";
import type { Mailbox } from "../process/link.ts";
import { MOST_LENT } from "./loan.ts";
import type { LateAnswers } from "./late_answers.ts";

/** What a process gets that borrows: the item, and under a number what it may take after it. */
export type Borrowed<T> = readonly [item: T, loan: number, ahead: readonly T[]];

/** After so many gets in a row that had nothing beside them a process asks ahead. */
const STEADY = 2;
/** How many items it asks for ahead at first. */
const FIRST_WISH = 4;

/**
 * A queue that the parent of this process serves, as this process gets from it: it asks ahead, for more the steadier it
 * gets, and takes what came without another question.
 *
 * What came and is not taken stays the queue's: see {@link Loan}, and `process/ledger.ts` for how the two sides agree.
 */
export class RemoteQueue<T> implements Mailbox {
  readonly #address: ObjectAddress;
  readonly #borrower: Borrower;
  readonly #late: LateAnswers;
  /** The loan that is open here, 0: none; its items, and how many of them are taken. */
  #loan = 0;
  #items: readonly T[] = [];
  #taken = 0;
  /** The loan that came last, and those that were recalled before they came. */
  #latest = 0;
  readonly #early = new Set<number>();
  /** By loan, how a get hears what was taken, which took an item at the moment of the recall. */
  readonly #inDoubt = new Map<number, (taken: number) => void>();
  /** How many questions are not answered. */
  #asking = 0;
  /** How many gets in a row had none beside them. */
  #steady = 0;
  #wish = 0;

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
    if (isTaken === true) return item;
    if (isTaken === false) return this.#ask(timeout, leave);
    this.#late.add(isTaken.then(nothing, nothing)); // the next get asks after this one
    return this.#takeOrAsk(item, isTaken, timeout, leave);
  }

  /** Returns what is not taken, so that something can be put back in front of it. */
  handBack(): void {
    if (this.#loan === 0) return;
    thisNode().postHome(this.#address, "handBack", this.#loan);
    this.#forget();
  }

  /** Delivers no more letters to it. */
  end(): void {
    thisNode().mailboxes.remove(this.#address, this);
  }

  /** For the node: what the home says of a loan. */
  posted(what: string, [loan, taken]: readonly unknown[]): void {
    if (what === "recalling") {
      if (loan === this.#loan) this.handBack();
      return;
    }
    this.#borrower.settle(loan as number);
    this.#wish = taken as number;
    if (this.#wish === 0) this.#steady = 0;
    if (loan === this.#loan) this.#forget();
    else if (loan as number > this.#latest) this.#early.add(loan as number);
    this.#inDoubt.get(loan as number)?.(taken as number);
    this.#inDoubt.delete(loan as number);
  }

  /** For the node: nothing can be asked there any more. */
  homeEnded(): void {
    this.#forget();
    for (const tell of this.#inDoubt.values()) tell(-1);
    this.#inDoubt.clear();
  }

  async #takeOrAsk(
    item: T,
    isTaken: Promise<boolean>,
    timeout: number | null,
    leave: Leave,
  ): Promise<T> {
    const { signal } = leave; // which knows of an abort from here on
    if (await isTaken) return item;
    signal.throwIfAborted();
    return await this.#ask(timeout, leave);
  }

  /** Takes the next item; a promise where the home has to say whether it could be taken. */
  #take(): boolean | Promise<boolean> {
    const loan = this.#loan, borrower = this.#borrower;
    if (!borrower.note(loan)) {
      this.handBack();
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
      if (taken < 0) {
        throw new EOFError(`The process that made this object is gone (${this.#address.home})`);
      }
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
    if (loan === 0) return item;
    this.#latest = loan;
    if (this.#early.delete(loan)) return item;
    this.handBack();
    this.#loan = loan;
    this.#items = ahead;
    return item;
  }
}

function nothing(): void {
  // Whether it was taken matters to the get that took it.
}
