import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { waitBounded, waitUntilDone } from "../../src/core/bounded_wait.ts";
import { Future } from "../../src/core/future.ts";

Deno.test("waitBounded() ends with what it listens for, its time or its signal, and listens no more", async () => {
  let listening = 0;
  const ends: (() => void)[] = [];
  const listen = (end: () => void): () => void => {
    listening++;
    ends.push(end);
    return () => void listening--;
  };
  const waits = [
    waitBounded({}, listen),
    waitBounded({ timeout: 2 }, listen),
    waitBounded({ timeout: 0 }, listen),
  ];
  const controller = new AbortController();
  const aborted = waitBounded({ signal: controller.signal, timeout: 60_000 }, listen);
  assertEquals(listening, 4);
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(() => waitBounded({ signal: controller.signal }, listen), Error, "enough");
  await Promise.all(waits.slice(1));
  assertEquals(listening, 1);
  ends[0]!();
  await waits[0];
  assertEquals(listening, 0);
});

Deno.test("waitUntilDone() throws nothing that the future failed with", async () => {
  const future = new Future<number>();
  const wait = waitUntilDone(future, { timeout: 60_000 });
  future.setException(new Error("its own affair"));
  await wait;
  assertEquals((future.exception() as Error).message, "its own affair");
});
