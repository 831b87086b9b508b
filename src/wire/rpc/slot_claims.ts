/** The far side of the slot table (`slot_table.ts`): a call is begun here or taken back over there, never both. */
import { compareExchange, reach } from "../../shared/memory/words.ts";

/** The states of a slot. */
export const FREE = 0, OFFERED = 1, TAKEN = 2, REVOKED = 3;

/** How many calls one worker can have; more than any window. */
export const SLOTS = 2048;

/** The far side of such a table, or of what does the same between processes. */
export interface Claims {
  /** Whether the worker may begin the call in this slot. */
  take(slot: number): boolean;
  /** Nothing can be taken any more: the near side has to be told. */
  readonly isBroken?: boolean;
  /**
   * Keeps an outcome that is not sent yet, so that it outlives this side. Returns it as it stands in SETTLED, in JSON;
   * `null` when it cannot be kept, and has to be on its way before the next call begins.
   */
  note?(id: number, code: number, value: unknown, ms: number): string | null;
  /** What was noted has been sent. */
  sent?(): void;
  /** The near side has taken these back. */
  revoke?(slots: readonly number[]): void;
}

/** The far side's view of a table. */
export class SlotClaims implements Claims {
  readonly #address: number;

  /** @param address where the table stands. */
  constructor(address: number) {
    this.#address = address;
    reach(address + SLOTS);
  }

  take(slot: number): boolean {
    return compareExchange(this.#address + slot, OFFERED, TAKEN) === OFFERED;
  }
}
