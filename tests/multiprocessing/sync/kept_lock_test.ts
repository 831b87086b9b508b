/** A served lock that a child keeps between its holds: whoever else wants it has it back, however busy the child is. */
import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { constructFor } from "../../../src/core/construct_for.ts";
import { Condition, Lock, Process, SharedArray } from "../../../src/multiprocessing/mod.ts";
import type { Caller } from "../../../src/multiprocessing/objects/served_objects.ts";
import { coreOf } from "../../../src/multiprocessing/objects/shared_object.ts";
import { ConditionCore } from "../../../src/multiprocessing/sync/condition.ts";
import { LockCore } from "../../../src/multiprocessing/sync/lock.ts";
import { LockState } from "../../../src/sync/lock.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { served } from "../../support/served.ts";
import { Cell, keepers } from "../../support/targets/lease_targets.ts";
import { until } from "../../support/until_waiting.ts";

const { random, seed } = seededRandom();

/** Runs `use` while a child does that with a lock, from the moment at which it says that it has come so far. */
async function beside<R>(
  target: (lock: Lock, cells: SharedArray) => Promise<R>,
  use: (lock: Lock, cells: SharedArray, child: Process<[Lock, SharedArray], R>) => Promise<void>,
): Promise<void> {
  const lock = served.lock(), cells = new SharedArray(5);
  const child = new Process({ target, args: [lock, cells] }).start();
  await until(() => cells.get(Cell.REACHED) === 1, "the child has come so far");
  await use(lock, cells, child as Process<[Lock, SharedArray], R>);
  await child.join();
  cells.unlink();
  cells.close();
}

Deno.test("a child that holds a lock again and again asks for it once", async () => {
  let asked = 0;
  class Counting extends LockCore<LockState<string>> {
    override lease(caller: Caller, timeout: number | null) {
      asked++;
      return super.lease(caller, timeout);
    }
  }
  const lock = constructFor({ core: new Counting(new LockState<string>()) }, Lock);
  for (const permissions of ["inherit", "none"] as const) {
    asked = 0;
    const child = new Process({ target: keepers.holdTimes, args: [lock, 500], permissions });
    await child.start().result;
    await child.join();
    assertEquals([asked, await lock.locked()], [1, false]);
  }
});

Deno.test("a lock that a busy child has released is free for whoever asks", async () => {
  await beside(keepers.holdAndSpin, async (lock, cells, child) => {
    assertEquals(await lock.locked(), false);
    const held = await lock.tryAcquire();
    assert(held !== null);
    assertEquals(await lock.locked(), true);
    cells.set(Cell.GO_ON, 1);
    await until(async () => (await lock.statistics()).waiting === 1, "the child waits");
    held[Symbol.dispose]();
    await child.result;
    assertEquals(await lock.locked(), false);
  });
});

Deno.test("a lock that a busy child holds is held until the child releases it", async () => {
  await beside(keepers.spinHolding, async (lock, cells, child) => {
    assertEquals([await lock.locked(), await lock.tryAcquire()], [true, null]);
    const later = lock.acquire();
    assertEquals(await lock.acquire({ timeout: 5 }), null);
    cells.set(Cell.GO_ON, 1);
    await using _held = await later;
    await child.result;
  });
});

Deno.test("a child that holds a lock without a turn of its event loop lets others have it", async () => {
  await beside(keepers.holdWithoutTurn, async (lock, cells, child) => {
    for (let i = 0; i < 20; i++) {
      await using _held = await lock.acquire();
    }
    cells.set(Cell.GO_ON, 1);
    assert(await child.result > 0);
  });
});

Deno.test("two children that hold a lock without a turn of their event loops both get it", async () => {
  await beside(keepers.holdWithoutTurn, async (lock, cells, child) => {
    await using other = new Process({ target: keepers.holdTimes, args: [lock, 2_000] }).start();
    await other.result;
    cells.set(Cell.GO_ON, 1);
    await child.result;
  });
});

for (const [what, isHeld] of [["holds", true], ["keeps and does not hold", false]] as const) {
  Deno.test(`a lock that a killed child ${what} is free, and counted if it was held`, async () => {
    const lock = served.lock(), cells = new SharedArray(5);
    const child = new Process({ target: keepers.keep, args: [lock, cells, isHeld] }).start();
    await until(() => cells.get(Cell.REACHED) === 1, "the child has come so far");
    assertEquals(await lock.locked(), isHeld);
    child.kill();
    await child.join();
    await using _held = await lock.acquire();
    assertEquals(await lock.statistics(), {
      locked: true,
      waiting: 0,
      abandoned: isHeld ? 1 : 0,
    });
    cells.unlink();
    cells.close();
  });
}

Deno.test("a lock that a child keeps is released by another process, and then not by the child", async () => {
  await beside(keepers.releaseLate, async (lock, cells, child) => {
    await lock.release();
    {
      await using held = await lock.tryAcquire();
      assert(held !== null);
    }
    cells.set(Cell.GO_ON, 1);
    assertEquals(await child.result, "NotOwnerError");
  });
});

Deno.test("a lock that a child keeps can be given a condition", async () => {
  await beside(keepers.holdAndSpin, async (lock, cells, child) => {
    const condition = constructFor({ core: new ConditionCore(coreOf(lock) as never) }, Condition);
    const held = await condition.acquire();
    const waiting = condition.wait();
    cells.set(Cell.GO_ON, 1);
    await child.result;
    {
      await using _held = await condition.acquire();
      await condition.notify();
    }
    assertEquals(await waiting, true);
    held[Symbol.dispose]();
    await until(async () => !await lock.locked(), "it is free");
  });
});

Deno.test(`children that step under a lock and give up acquires at random are never two inside (${seed})`, async () => {
  for (const count of [1, 2, 3]) {
    const lock = served.lock(), cells = new SharedArray(5);
    const children = Array.from({ length: count }, () =>
      new Process({
        target: keepers.stepFitfully,
        args: [lock, cells, 300, random(2 ** 31)],
      }).start());
    await keepers.stepFitfully(lock, cells, 100, random(2 ** 31));
    await Promise.all(children.map((child) => child.result));
    await Promise.all(children.map((child) => child.join()));
    await until(async () => !await lock.locked(), "all have released it");
    assert(cells.get(Cell.TAKEN) >= 300 * count + 100);
    assertEquals(cells.get(Cell.GUARDED), cells.get(Cell.TAKEN));
    assertEquals((await lock.statistics()).waiting, 0);
    cells.unlink();
    cells.close();
  }
});
