/**
 * The table by which the near side takes calls back that the far side has not begun.
 *
 *     state      set by                         may become
 *     FREE       near, when the call is settled OFFERED
 *     OFFERED    near, before the call is sent  TAKEN (far: it begins), REVOKED (near: it is taken back)
 *     TAKEN      far                            FREE
 *     REVOKED    near                           FREE, once the far side has passed over it
 *
 * TAKEN and REVOKED are both reached by one compare-exchange from OFFERED, so a call is begun here or taken
 * back there, never both. Without this a quick call could wait behind a slow one while another worker idles.
 */
import { allocate, free } from "../shared/heap.ts";
import { load, reach, store, swapIf } from "../shared/words.ts";

const FREE = 0;
const OFFERED = 1;
const TAKEN = 2;
const REVOKED = 3;

/** How many calls one worker can have; more than any window. */
const SLOTS = 2048;

/** The far side of such a table. */
export interface Claims {
  /** Whether the guest may begin the call in this slot. */
  take(slot: number): boolean;
}

/** The near side of such a table. */
export interface Offers {
  /** A slot for a call that is about to be sent; -1 when all are taken. */
  offer(): number;
  /** Takes the call in this slot back; `false` when the guest has begun it. */
  revoke(slot: number): boolean;
  /** Whether the guest has begun the call in this slot. */
  begun(slot: number): boolean;
  /** The slot can be used again. */
  free(slot: number): void;
}

/** Both sides of the table; the near side keeps the list of free slots. */
export class SlotTable implements Offers, Claims {
  /** The address of the table's first word. */
  readonly address: number;
  readonly #free: number[] = [];

  /** Without `address` a new table; with it the far side's view of one. */
  constructor(address?: number) {
    if (address !== undefined) {
      this.address = address;
      reach(address + SLOTS);
      return;
    }
    this.address = allocate(SLOTS);
    for (let slot = SLOTS - 1; slot >= 0; slot--) this.#free.push(slot);
  }

  /** Gives the memory back; nobody may use the table after that. */
  dispose(): void {
    free(this.address, SLOTS);
  }

  offer(): number {
    const slot = this.#free.pop();
    if (slot === undefined) return -1;
    store(this.address + slot, OFFERED);
    return slot;
  }

  take(slot: number): boolean {
    return swapIf(this.address + slot, OFFERED, TAKEN) === OFFERED;
  }

  revoke(slot: number): boolean {
    return swapIf(this.address + slot, OFFERED, REVOKED) === OFFERED;
  }

  begun(slot: number): boolean {
    return load(this.address + slot) === TAKEN;
  }

  free(slot: number): void {
    store(this.address + slot, FREE);
    this.#free.push(slot);
  }
}
