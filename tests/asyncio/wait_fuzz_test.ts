import "../support/leak_guard.ts";
import { Pool, portable } from "../../src/multiprocessing/mod.ts";
import { type MakeShared, SHARED } from "../suites/shared_wait_subjects.ts";
import { fuzzRemoteWaits, fuzzWaits } from "../suites/wait_suite.ts";

export const shared = portable(import.meta, {
  make(kind: keyof typeof SHARED): unknown {
    return SHARED[kind]();
  },
});

Deno.test("cancelled, timed out and aborted waits lose no item, permit, lock or message", async () => {
  for (let seed = 1; seed <= 20; seed++) await fuzzWaits(seed);
});

Deno.test("nor do they when what is waited for lives in another process", async () => {
  await using pool = new Pool(1);
  const make: MakeShared = (kind) => pool.apply(shared.make, [kind]) as Promise<never>;
  for (let seed = 1; seed <= 2; seed++) await fuzzRemoteWaits(seed, make);
});
