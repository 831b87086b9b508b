import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { waitBounded, waitUntilDone } from "../../src/core/bounded_wait.ts";
import type { AbortTarget } from "../../src/core/abort_watch.ts";
import { Future } from "../../src/core/future.ts";
import { type Leave, unlessLeft } from "../../src/core/withdrawal/signalled_wait.ts";

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

/** How a caller leaves: by a call, as most do, or by its signal alone. */
function leaving(byCall: boolean): { leave: Leave; go: (reason: unknown) => void } {
  const controller = new AbortController();
  const { signal } = controller;
  if (!byCall) return { leave: { signal }, go: (reason) => controller.abort(reason) };
  let told: AbortTarget | null = null;
  const tell = (target: AbortTarget): true => {
    told = target;
    return true;
  };
  return { leave: { signal, tell }, go: (reason) => told!.aborted({ reason }) };
}

for (const byCall of [true, false]) {
  Deno.test(`waitUntilDone() throws nothing that the future failed with, by call: ${byCall}`, async () => {
    const future = new Future<number>();
    const wait = waitUntilDone(future, 60_000, leaving(byCall).leave);
    future.setException(new Error("its own affair"));
    await wait;
    assertEquals((future.exception() as Error).message, "its own affair");
    await waitUntilDone(future, 60_000, leaving(byCall).leave);
  });

  Deno.test(`waitUntilDone() ends with its time and with its caller, and listens no more, by call: ${byCall}`, async () => {
    const future = new Future<number>();
    await waitUntilDone(future, 1, leaving(byCall).leave);
    const { leave, go } = leaving(byCall);
    const left = waitUntilDone(future, 60_000, leave);
    go(new Error("enough"));
    await assertRejects(() => left, Error, "enough");
    assertEquals(future.done(), false);
    future.setResult(1); // nobody hears of it, and the leak guard finds no timer
  });
}

for (const byCall of [true, false]) {
  Deno.test(`unlessLeft() is done once, though its caller has left before the deed, by call: ${byCall}`, async () => {
    const deed = Promise.withResolvers<void>();
    const { leave, go } = leaving(byCall);
    let done = 0;
    const wait = unlessLeft(deed.promise, leave, () => ++done);
    go(new Error("enough"));
    assertEquals(await wait, 1);
    deed.resolve();
    await deed.promise;
    assertEquals(done, 1);
    const failed = unlessLeft(
      Promise.reject(new Error("its own")),
      leaving(byCall).leave,
      () => ++done,
    );
    await assertRejects(() => failed, Error, "its own");
    assertEquals(done, 1);
  });
}
