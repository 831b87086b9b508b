import "../support/leak_guard.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../support/program.ts";

Deno.test("run() ends with DeadlockError when nothing can ever wake its tasks, and lets them clean up", async () => {
  const { code, stdout, stderr } = await program("deadlock_asyncio.ts");
  assertStringIncludes(stdout, "true DeadlockError: everything waits and nothing can wake it");
  assertStringIncludes(stdout, "sleeper");
  assertStringIncludes(stdout, "cleaned up");
  assertEquals([code, stderr], [0, ""]);
});
