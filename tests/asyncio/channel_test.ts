/** Channels and the capacity limiter. The numbers are those of the checks of trio's behaviour. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { virtually } from "../support/virtual_run.ts";

Deno.test(
  "channel: with capacity 0 each item waits for its receiver (481)",
  virtually(async () => {
    const [sender, receiver] = aio.openChannel<number>();
    const sending = aio.createTask(() => sender.send(1));
    await aio.sleep(1);
    assert(!sending.done());
    assertEquals(sender.statistics().waitingToSend, 1);
    assertEquals(await receiver.receive(), 1);
    await sending;
    assert(!sender.trySend(2));
    assertEquals(receiver.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel: the loop over a receiver ends when all senders are closed (481)",
  virtually(async () => {
    const [sender, receiver] = aio.openChannel<string>(1);
    const produce = (end: aio.Sender<string>, name: string) => async () => {
      using _end = end;
      for (const n of [1, 2]) await end.send(`${name}${n}`);
    };
    const tasks = [
      aio.createTask(produce(sender.clone(), "a")),
      aio.createTask(produce(sender, "b")),
    ];
    const seen: string[] = [];
    for await (const item of receiver) seen.push(item);
    assertEquals(seen.toSorted(), ["a1", "a2", "b1", "b2"]);
    await aio.gather(...tasks);
    await assertRejects(async () => await receiver.receive(), aio.EOFError);
  }),
);

Deno.test(
  "channel: closed ends and missing receivers are errors (481)",
  virtually(async () => {
    const [sender, receiver] = aio.openChannel<number>();
    const sending = aio.createTask(() => sender.send(1));
    await aio.sleep(1);
    receiver.close();
    receiver.close();
    await assertRejects(async () => await sending, aio.ShutDownError);
    await assertRejects(async () => await sender.send(2), aio.ShutDownError);
    await assertRejects(async () => await receiver.receive(), aio.InvalidStateError);
    sender.close();
    assertThrows(() => sender.trySend(1), aio.InvalidStateError);
    assertThrows(() => sender.clone(), aio.InvalidStateError);
    assertThrows(() => aio.openChannel(-1), RangeError);
  }),
);

Deno.test(
  "channel: a cancelled receiver loses no item, timeouts say what is missing",
  virtually(async () => {
    const [sender, receiver] = aio.openChannel<number>(1);
    const waiting = aio.createTask(() => receiver.receive());
    await aio.sleep(1);
    assert(sender.trySend(1));
    waiting.cancel();
    await aio.wait([waiting]);
    assert(waiting.cancelled());
    assertEquals(await receiver.receive(), 1);
    await assertRejects(async () => await receiver.receive({ timeout: 5 }), aio.EmptyError);
    await sender.send(2);
    await assertRejects(async () => await sender.send(3, { timeout: 5 }), aio.FullError);
  }),
);

Deno.test(
  "CapacityLimiter: borrowing twice is an error, releasing what is not held too (483)",
  virtually(async () => {
    const limiter = new aio.CapacityLimiter(1);
    const guard = await limiter.acquire();
    await assertRejects(
      async () => await limiter.acquire(),
      aio.InvalidStateError,
      "already holding",
    );
    guard[Symbol.dispose]();
    guard[Symbol.dispose]();
    assertThrows(() => limiter.release(), aio.NotOwnerError);
    assertThrows(() => new aio.CapacityLimiter(0), RangeError);
  }),
);

Deno.test(
  "CapacityLimiter: more tokens let more in at once (483)",
  virtually(async () => {
    const limiter = new aio.CapacityLimiter(1);
    let inside = 0;
    const task = async () => {
      using _token = await limiter.acquire();
      inside++;
      await aio.sleep(10);
    };
    const all = aio.gather(task, task, task);
    await aio.sleep(1);
    assertEquals([inside, limiter.statistics().waiting, limiter.availableTokens], [1, 2, 0]);
    limiter.totalTokens = 3;
    await aio.sleep(1);
    assertEquals([inside, limiter.borrowedTokens], [3, 3]);
    await all;
    assertEquals(limiter.availableTokens, 3);
  }),
);
