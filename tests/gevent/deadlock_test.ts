import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { program } from "../support/program.ts";

Deno.test("LoopExit is thrown in the main program when it would wait forever, and it can go on", async () => {
  const { code, stdout, stderr } = await program("deadlock_gevent.ts");
  assertEquals(stdout, "true DeadlockError: This operation would block forever\ntrue\n");
  assertEquals([code, stderr], [0, ""]);
});
