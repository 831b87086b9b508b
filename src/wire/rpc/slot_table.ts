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
import { compareExchange, load, reach, store } from "../../shared/memory/words.ts";

/** The states of a slot. */
const FREE = 0, OFFERED = 1, TAKEN = 2, REVOKED = 3;

/** How many calls one worker can have; more than any window. */
export const SLOTS = 2048;

/** The near side of such a table, or of what does the same between processes. */
export interface Offers {
  /** A slot for the call of this number that is about to be sent; -1 when there is none. */
  offer(id: number): number;
  /** Takes back what the worker has not begun, and returns the slots of those calls; -1 is no slot. */
  revoke(slots: readonly number[]): number[];
  /** Whether the worker has begun the call in this slot. */
  begun(slot: number): boolean;
  /** The slot can be used again. */
  free(slot: number): void;
  /** Nothing is offered until all calls have ended. */
  readonly isFull?: boolean;
  /** Nothing is offered any more. */
  isClosed?: boolean;
  /** Outcomes that the worker has noted, as they stand in SETTLED: at least those of calls that are open. */
  noted?(isOpen: (id: number) => boolean): unknown[];
}

/** The near side of the table, which knows the free slots. */
export class SlotTable implements Offers {
  /** The address of the table's first word. */
  readonly address: number;
  /** Those that were used and can be used again. */
  readonly #free: number[] = [];
  /** The first that was never used: most threads need one, and a list of all costs each a part of its start. */
  #unused = 0;

  /** @param address where {@link SLOTS} zeroed words stand. */
  constructor(address: number) {
    this.address = address;
  }

  offer(): number {
    if (this.#free.length === 0 && this.#unused === SLOTS) return -1;
    const slot = this.#free.pop() ?? this.#unused++;
    store(this.address + slot, OFFERED);
    return slot;
  }

  revoke(slots: readonly number[]): number[] {
    return slots.filter((slot) =>
      slot >= 0 && compareExchange(this.address + slot, OFFERED, REVOKED) === OFFERED
    );
  }

  begun(slot: number): boolean {
    return load(this.address + slot) === TAKEN;
  }

  free(slot: number): void {
    store(this.address + slot, FREE);
    this.#free.push(slot);
  }
}

/** An outcome as it stands in SETTLED, in JSON. */
export interface Note {
  readonly text: string;
  /** Whether it outlives this side; else it has to be on its way before the next call begins. */
  readonly isKept: boolean;
}

/** The far side of such a table, or of what does the same between processes. */
export interface Claims {
  /** Whether the worker may begin the call in this slot. */
  take(slot: number): boolean;
  /** Nothing can be taken any more: the near side has to be told. */
  readonly isBroken?: boolean;
  /** Keeps an outcome that is not sent yet, so that it outlives this side; `null` when JSON cannot carry it. */
  note?(id: number, code: number, value: unknown, ms: number): Note | null;
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
