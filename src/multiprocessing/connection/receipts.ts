import { TransferError } from "../../core/errors.ts";

/** How many messages may be ahead of their receiver. */
export const AHEAD = 128;
/** After so many messages the other side is told. */
const TOLD_EACH = 32;
/** From so many on it is told beside a message that goes there anyway: a message of its own costs as much as one. */
const TOLD_BESIDE = TOLD_EACH / 2;

/** Counts the messages that were received and of which the sender, in another process, does not know yet. */
export class Receipts {
  #count = 0;

  /** Of how many the sender can be told at once. */
  get due(): number {
    return Math.min(TOLD_EACH, this.#count);
  }

  /** Of how many it is told beside a message that goes there anyway; 0: of none. */
  get dueBeside(): number {
    return this.#count >= TOLD_BESIDE ? this.due : 0;
  }

  /** Counts one more, and returns whether the sender is to be told by a message of its own. */
  add(): boolean {
    return ++this.#count >= TOLD_EACH;
  }

  /** Counts one less: it is going to be received once more. */
  takeBack(): void {
    this.#count--;
  }

  /** The sender is told of so many. */
  told(count: number): void {
    this.#count -= count;
  }
}

/**
 * Of how many messages the other side tells that it has received them.
 *
 * @throws {TransferError} if it cannot tell of so many.
 */
export function toldCount(count: unknown): number {
  if (Number.isInteger(count) && (count as number) > 0 && (count as number) <= TOLD_EACH) {
    return count as number;
  }
  throw new TransferError(
    "Cannot take what an end of a connection says of its room: there is no such room",
  );
}
