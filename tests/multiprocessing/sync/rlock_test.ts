import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { NotOwnerError } from "../../../src/core/errors.ts";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { lockSuite } from "../../suites/lock_suite.ts";
import { WAYS } from "../../support/served.ts";
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
