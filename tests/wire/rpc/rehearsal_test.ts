import "../../support/leak_guard.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { currentSignal, NEVER } from "../../../src/core/current.ts";
import { portableModules } from "../../../src/wire/codec/portable.ts";
import { Code, Op } from "../../../src/wire/rpc/protocol.ts";
import { rehearse } from "../../../src/wire/rpc/rehearsal.ts";

Deno.test("a rehearsal runs a call to its outcome, and leaves neither work nor portable functions behind", async () => {
  const before = portableModules();
  for (let times = 0; times < 2; times++) {
    const outcome = await rehearse() as unknown[];
    assertEquals(outcome.slice(0, 4), [Op.SETTLED, 0, Code.PLAIN, 0]);
  }
  assertStrictEquals(currentSignal(), NEVER);
  assertEquals(portableModules(), before);
});
