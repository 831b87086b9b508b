/** Work that threads can only do one after the other. */
import { portable } from "../../../src/wire/codec/portable.ts";
import type { Lock } from "../../../src/threading/mod.ts";

/** Computes for so many milliseconds while it holds the lock. */
export const takeTurn: (lock: Lock) => void = portable(
  import.meta,
  function takeTurn(lock: Lock): void {
    using _ = lock.acquireSync();
    const end = Date.now() + 20;
    while (Date.now() < end);
  },
);
