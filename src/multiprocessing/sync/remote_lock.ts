import { realClock } from "../../core/clock.ts";
import { EOFError } from "../../core/errors.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import type { ObjectAddress } from "../objects/journey.ts";
import { NEVER } from "../../core/current.ts";
import { thisNode } from "../objects/node.ts";
import { currentOwner } from "../objects/owner.ts";
import type { Borrower } from "../process/ledger.ts";
import type { Mailbox } from "../process/link.ts";
import { SLICE } from "./lease.ts";

/** What a process gets that asks for a lock: whether it holds it, or under a number that it may keep it. */
export type Leased = boolean | readonly [lease: number, isWanted: boolean];

/** A process that takes the lock again so soon after it released it is likely to do so once more, in milliseconds. */
const SOON = 0.1;
/** A lease of more notes than this is given up, so that they can be emptied. */
const MOST_NOTES = 16 * 1024;

/**
 * A lock that the parent of this process serves, as this process holds it: it keeps it between its holds until somebody
 * else wants it, and takes and releases it without a question meanwhile.
 *
 * See {@link Lease} for the home's part, and `process/ledger.ts` for how the two sides agree.
 */
export class RemoteLock implements Mailbox {
  readonly #address: ObjectAddress;
  readonly #borrower: Borrower;
  /** The lease that is open here, 0: none; whether the lock is held under it, and how much is noted. */
  #lease = 0;
  #isHeld = false;
  #notes = 0;
  /** Whether somebody waits for it, and since when it is here. */
  #isWanted = false;
  #since = 0;
  /** The lease under which the lock is held, but which is recalled; 0: none. */
  #closing = 0;
  /** The lease that came last, and those that were recalled before they came. */
  #latest = 0;
  readonly #early = new Set<number>();
  /** Those that were wanted before they came. */
  readonly #earlyWanted = new Set<number>();
  /** By lease, how an acquire hears what counts, which noted a hold at the moment of the recall. */
  readonly #inDoubt = new Map<number, (final: number) => void>();
  #releasedAt = -Infinity;
  #isEager = false;

  private constructor(address: ObjectAddress, borrower: Borrower) {
    this.#address = address;
    this.#borrower = borrower;
  }

  /** The lock at `address`; `null` if this process can keep nothing from there. */
  static at(address: ObjectAddress): RemoteLock | null {
    const node = thisNode();
    const borrower = node.borrowerFrom(address.home);
    if (borrower === null) return null;
    const lock = new RemoteLock(address, borrower);
    node.mailboxes.add(address, lock);
    return lock;
  }

  /** Holds it; `false` when the timeout has passed. */
  acquire(timeout: number | null, leave: Leave): boolean | Promise<boolean> {
    this.#isEager = realClock.now() - this.#releasedAt < SOON;
    if (this.#lease === 0 || this.#isHeld) return this.#ask(timeout, leave);
    const lease = this.#lease;
    if (!this.#note()) {
      this.#forget();
      return this.#giveUp(lease).then(() => this.#ask(timeout, leave));
    }
    if (!this.#borrower.isRecalled(lease)) return this.#isHeld = true;
    const number = this.#notes;
    this.#forget();
    return this.#holdOrAsk(lease, number, timeout, leave);
  }

  /** Gives it back; `null` if it is not held here under a lease. */
  release(): Promise<void> | null {
    if (this.#closing !== 0) {
      const lease = this.#closing;
      this.#closing = 0;
      return this.#giveUp(lease);
    }
    if (!this.#isHeld) return null;
    const lease = this.#lease;
    this.#isHeld = false;
    this.#releasedAt = realClock.now();
    const isKept = this.#note() && !this.#borrower.isRecalled(lease) && this.#mayKeep();
    if (isKept) return DONE;
    this.#forget();
    return this.#giveUp(lease);
  }

  /** Delivers no more letters to it. */
  end(): void {
    thisNode().mailboxes.remove(this.#address, this);
  }

  /** For the node: what the home says of a lease. */
  posted(what: string, content: readonly unknown[]): void {
    const [lease, final] = content as [number, number | null | undefined];
    if (what === "wanted" || final === null || final === undefined) {
      if (lease === this.#lease) this.#want();
      else if (lease > this.#latest) this.#earlyWanted.add(lease);
      return;
    }
    this.#borrower.settle(lease);
    if (lease === this.#lease) {
      if (this.#isHeld) this.#closing = lease;
      this.#forget();
    } else if (lease > this.#latest) this.#early.add(lease);
    this.#inDoubt.get(lease)?.(final);
    this.#inDoubt.delete(lease);
  }

  /** For the node: nothing can be asked there any more. */
  homeEnded(): void {
    this.#forget();
    this.#closing = 0;
    for (const tell of this.#inDoubt.values()) tell(-1);
    this.#inDoubt.clear();
  }

  /** Whether it may be kept at a release: while others wait only for a slice, and only if it is soon taken again. */
  #mayKeep(): boolean {
    if (this.#notes >= MOST_NOTES) return false;
    return !this.#isWanted || (this.#isEager && this.#releasedAt - this.#since < SLICE);
  }

  #want(): void {
    this.#isWanted = true;
    if (this.#isHeld) return;
    thisNode().postHome(this.#address, "giveUp", this.#lease);
    this.#forget();
  }

  async #holdOrAsk(
    lease: number,
    number: number,
    timeout: number | null,
    leave: Leave,
  ): Promise<boolean> {
    const { signal } = leave; // which knows of an abort from here on
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#inDoubt.set(lease, resolve);
    const final = await promise;
    if (final < 0) {
      throw new EOFError(`The process that made this object is gone (${this.#address.home})`);
    }
    if (number <= final) {
      this.#closing = lease;
      return true;
    }
    signal.throwIfAborted();
    return await this.#ask(timeout, leave);
  }

  async #ask(timeout: number | null, leave: Leave): Promise<boolean> {
    const { home, id } = this.#address;
    const leased = await thisNode().ask(
      home,
      id,
      "lease",
      [timeout],
      currentOwner(),
      leave.signal,
    ) as Leased;
    if (typeof leased === "boolean") return leased;
    const [lease, isWaitedFor] = leased;
    const isWanted = this.#earlyWanted.delete(lease) || isWaitedFor;
    this.#latest = lease;
    if (this.#early.delete(lease)) {
      this.#closing = lease;
      return true;
    }
    this.#lease = lease;
    this.#isHeld = true;
    this.#isWanted = isWanted;
    this.#since = realClock.now();
    return true;
  }

  /** Notes the next hold or release; returns whether it stands there. */
  #note(): boolean {
    this.#notes++;
    return this.#borrower.note(this.#lease);
  }

  async #giveUp(lease: number): Promise<void> {
    const { home, id } = this.#address;
    await thisNode().ask(home, id, "giveUp", [lease], currentOwner(), NEVER);
    this.#releasedAt = realClock.now();
  }

  #forget(): void {
    this.#lease = 0;
    this.#isHeld = false;
    this.#notes = 0;
    this.#isWanted = false;
  }
}

const DONE = Promise.resolve();
