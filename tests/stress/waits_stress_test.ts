/** Every wait of every module under 600 seeds. `SEED=N` begins with another one, `SEEDS=N` runs more or fewer. */
import "../support/leak_guard.ts";
import { Pipe, Pool, portable, Process } from "../../src/multiprocessing/mod.ts";
import { borrowers } from "../support/targets/borrower_targets.ts";
import { type MakeShared, SHARED } from "../suites/shared_wait_subjects.ts";
import { fuzzRemoteWaits, fuzzWaits } from "../suites/wait_suite.ts";

export const shared = portable(import.meta, {
  make(kind: keyof typeof SHARED): unknown {
    return SHARED[kind]();
  },
});

const first = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(Deno.env.get("SEEDS") ?? 600);

Deno.test("waits lose nothing, whatever ends them, under many seeds", async () => {
  console.log(`seeds from ${first} on, ${count} of them`);
  for (let seed = first; seed < first + count; seed++) await fuzzWaits(seed);
});

Deno.test("nor do waits for what lives in another process", async () => {
  await using pool = new Pool(1);
  const make: MakeShared = (kind) => pool.apply(shared.make, [kind]) as Promise<never>;
  for (let seed = first; seed < first + count; seed++) await fuzzRemoteWaits(seed, make);
});

Deno.test("nor do waits in a child for what lives in its parent", async () => {
  const [here, there] = Pipe<unknown>();
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  const child = new Process({ target: borrowers.fuzz, args: [there, seeds] }).start();
  for (let kind = await here.recv(); kind !== null; kind = await here.recv()) {
    await here.send(SHARED[kind as keyof typeof SHARED]());
  }
  await child.result;
  await child.join();
  here.close();
});
