import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { BrokenBarrierError } from "../../../src/core/errors.ts";
import { Barrier, Process } from "../../../src/multiprocessing/mod.ts";
import { barrierSuite } from "../../suites/barrier_suite.ts";
import { until } from "../../support/until_waiting.ts";
import { WAYS } from "../../support/served.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  barrierSuite(`multiprocessing.Barrier, ${way.name}`, way.barrier);

  Deno.test(`Barrier lets processes go on together, ${way.name}`, async () => {
    const barrier = way.barrier(3);
    const children = [1, 2].map(() =>
      new Process({ target: targets.meet, args: [barrier] }).start()
    );
    const numbers = await Promise.all([barrier.wait(), ...children.map((child) => child.result)]);
    assertEquals(numbers.sort(), [0, 1, 2]);
    await Promise.all(children.map((child) => child.join()));
  });

  Deno.test(`Barrier breaks when a process that waits at it is killed, ${way.name}`, async () => {
    const barrier = way.barrier(3);
    const child = new Process({ target: targets.meet, args: [barrier] }).start();
    await until(async () => await barrier.nWaiting === 1, "the child waits");
    const waiting = barrier.wait();
    child.kill();
    await assertRejects(() => waiting, BrokenBarrierError);
    await child.join();
  });
}

Deno.test("Barrier waited for in its own action is met in the next round", async () => {
  const inside: Promise<number>[] = [];
  const barrier: Barrier = new Barrier(2, {
    action: () => void (inside.length === 0 && inside.push(barrier.wait())),
  });
  assertEquals((await Promise.all([barrier.wait(), barrier.wait()])).sort(), [0, 1]);
  assertEquals(await Promise.all([barrier.wait(), ...inside]), [1, 0]);
});
