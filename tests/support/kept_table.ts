/** A slot table in memory of its own, which is given back. */
import { allocate, free } from "../../src/shared/memory/heap.ts";
import { SLOTS, SlotTable } from "../../src/wire/rpc/slot_table.ts";

export class KeptTable implements Disposable {
  readonly table: SlotTable = new SlotTable(allocate(SLOTS));

  [Symbol.dispose](): void {
    free(this.table.address, SLOTS);
  }
}
