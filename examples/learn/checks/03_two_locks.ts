import { assertEquals, fail } from "@std/assert";
import { Barrier, Lock, Thread, Value } from "@quartet/concurrency/threading";
import { load } from "./load.ts";
import { PATIENCE } from "./patience.ts";

const { transfer } = await load<typeof import("../solutions/03_two_locks.ts")>("03_two_locks");

Deno.test("transfers in both directions come to their end, and no money is lost", async () => {
  const [a, b] = [1, 2].map((number) => ({ number, balance: new Value(100), lock: new Lock() }));
  const opening = new Barrier(2);
  const threads = [[a, b], [b, a]].map(([from, to]) =>
    new Thread({ target: transfer, args: [opening, from!, to!, 10] }).start()
  );
  await Promise.all(threads.map((thread) => thread.join({ timeout: PATIENCE })));
  if (threads.some((thread) => thread.isAlive)) {
    for (const thread of threads) thread.stop();
    await Promise.allSettled(threads.map((thread) => thread.result));
    fail("both threads wait: each holds the lock that the other one wants");
  }
  for (const thread of threads) await thread.result;
  assertEquals([a!.balance.get(), b!.balance.get()], [100, 100]);
  assertEquals([a!.lock.locked(), b!.lock.locked()], [false, false]);
});
