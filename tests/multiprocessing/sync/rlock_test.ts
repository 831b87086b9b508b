import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { NotOwnerError } from "../../../src/core/errors.ts";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { giveBack } from "../../../src/core/guard.ts";
import { lockSuite } from "../../suites/lock_suite.ts";
import { mapped, WAYS } from "../../support/served.ts";
import { asOwner } from "../../support/owner.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  lockSuite(`multiprocessing.RLock, ${way.name}`, () => way.rlock(), {
    reentrant: true,
    fair: way.name === "served",
    as: asOwner,
  });

  Deno.test(`RLock held here cannot be taken or released in another process: ${way.name}`, async () => {
    const lock = way.rlock();
    await lock.acquire();
    await lock.acquire();
    await using child = new Process({ target: targets.tryRLock, args: [lock] }).start();
    assertEquals(await child.result, [false, false, "NotOwnerError"]);
    assertEquals((await lock.statistics()).depth, 2);
    await lock.release();
    await lock.release();
    await assertRejects(() => lock.release(), NotOwnerError);
  });
}

Deno.test("an RLock that was taken for nobody is free again, whoever gives it back", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const lock = mapped.rlock();
  const taken = await asOwner("one", () => lock.acquire());
  await asOwner("other", () => Promise.resolve(giveBack(taken)));
  assertEquals(await lock.locked(), false);
});
