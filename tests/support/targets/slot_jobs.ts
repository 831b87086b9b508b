/** Works on a slot table as a worker does. */
import { portable } from "@quartet/concurrency/threading";
import { SlotClaims } from "../../../src/wire/rpc/slot_table.ts";

export const slotJobs = portable(import.meta, {
  takeEach(address: number, slots: number[]): boolean[] {
    const claims = new SlotClaims(address);
    return slots.map((slot) => claims.take(slot));
  },
});
