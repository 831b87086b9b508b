import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { Pipe, Process, wait } from "../../../src/multiprocessing/mod.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("wait() gives the ready ones in their order", async () => {
  const pipes = [1, 2, 3].map(() => Pipe());
  const readers = pipes.map(([reader]) => reader);
  assertEquals(await wait(readers, { timeout: 0 }), []);
  assertEquals(await wait(readers, { timeout: 2 }), []);
  assertEquals(await wait([]), []);
  const waiting = wait(readers);
  await pipes[2]![1].send("x");
  assertEquals(await waiting, [readers[2]]);
  pipes[0]![1].close();
  assertEquals(await wait(readers), [readers[0], readers[2]]);
  const abort = new AbortController();
  const aborted = wait([readers[1]!], { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  for (const reader of readers) reader.close();
});

Deno.test("wait() knows when a process has ended", async () => {
  const child = new Process({ target: targets.square, args: [2] }).start();
  // Both ends are kept: one that is collected closes, and the other is ready then.
  const [reader, writer] = Pipe();
  assertEquals(await wait([reader, child]), [child]);
  writer.close();
  reader.close();
});
