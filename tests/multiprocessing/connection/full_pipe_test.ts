/** A mapped pipe of a child without FFI, whose messages its home passes on, while the family's memory is full. */
import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { createTask, run, sleep } from "../../../src/asyncio/mod.ts";
import { CancelledError, EOFError, TransferError } from "../../../src/core/errors.ts";
import { PipeEndCore } from "../../../src/multiprocessing/connection/pipe_end.ts";
import { RingPipe } from "../../../src/multiprocessing/connection/ring_pipe.ts";
import { Form, type Item, itemOf } from "../../../src/multiprocessing/family/item.ts";
import { Event, Lock, Pipe, Process, Queue } from "../../../src/multiprocessing/mod.ts";
import { callerOf } from "../../../src/multiprocessing/objects/bounds.ts";
import { fillFamily } from "../../support/family_pages.ts";
import { ringTargets as targets } from "../../support/targets/ring_targets.ts";

const ignore = Deno.build.os !== "linux";
/** What a child may do that has no FFI. */
const without = { permissions: { read: true, write: true, net: true } } as const;
/** More messages than may be ahead of their receiver, every third of which takes pages of its own. */
const COUNT = 400, LENGTH = 60_000;
const numbers = Array.from({ length: COUNT }, (_, i) => i);

for (const receiver of ["here", "in a child", "in a child without ffi"] as const) {
  Deno.test(
    `what a child without ffi sends while the memory is full comes, all of it and in order: ${receiver}`,
    { ignore },
    async () => {
      const [ours, theirs] = Pipe<[number, string]>();
      const ready = new Event();
      const reading = receiver === "here" ? null : new Process({
        target: targets.recvAllOnce,
        args: [ours, ready],
        ...(receiver === "in a child" ? {} : without),
      }).start();
      if (reading !== null) await ready.wait();
      using _full = fillFamily();
      const args: [typeof theirs, number, number] = [theirs, COUNT, LENGTH];
      const child = new Process({ target: targets.sendAndClose, args, ...without }).start();
      if (reading === null) {
        for (const i of numbers) assertEquals((await ours.recv())[0], i);
        await assertRejects(() => ours.recv(), EOFError);
        ours.close();
      } else {
        assertEquals(await reading.result, numbers);
        await reading.join();
      }
      await child.result;
      await child.join();
    },
  );
}

Deno.test(
  "what an end has not received goes where the end goes though the memory is full by then",
  { ignore },
  async () => {
    const [ours, theirs] = Pipe<unknown>();
    const go = new Event(), lock = new Lock();
    const big = "x".repeat(LENGTH);
    const child = new Process({ target: targets.recvOneAfter, args: [theirs, go], ...without })
      .start();
    const messages = ["first", [1, big], lock, [2, big], 3, [4, big]];
    for (const message of messages) await ours.send(message);
    using _full = fillFamily();
    await go.set();
    const [first, back] = await child.result;
    assertEquals(first, "first");
    await child.join();
    for (const message of messages.slice(1)) {
      const got = await back.recv();
      if (message === lock) assertEquals(got instanceof Lock, true);
      else assertEquals(got, message);
    }
    ours.close();
    await assertRejects(() => back.recv(), EOFError);
    back.close();
  },
);

Deno.test(
  "a message nested deeper than this process can write it goes on as it came",
  { ignore },
  async () => {
    const [near, far] = PipeEndCore.pair(true, RingPipe.pair());
    let nested: unknown[] = [];
    for (let level = 0; level < 100_000; level++) nested = [nested];
    assertThrows(() => itemOf(nested), TransferError, "nested deeper");
    const CHILD = "nowhere.1";
    far.leaves("a ticket");
    far.heldIn(CHILD, "a ticket");
    far.posted(CHILD, "bridge", []);
    far.posted(CHILD, "message", [false, nested, false]);
    far.posted(CHILD, "message", [false, 1, false]);
    const got = async () => await near.rings!.inbound.get({ timeout: null }) as Item;
    assertEquals((await got()).form, Form.posted);
    assertStrictEquals((await near.recv(callerOf(), null))?.value, nested);
    assertEquals((await got()).number, 1);
    near.close();
    far.close();
  },
);

Deno.test(
  "a message that came when its receive was given up comes again, though the memory is full by then",
  { ignore },
  async () => {
    const [ours, theirs] = Pipe<unknown>();
    const big = "x".repeat(2 * LENGTH), bytes = new Uint8Array(2 * LENGTH).fill(7);
    const ways = [
      [() => theirs.send([1, big]), () => ours.recv(), () => ours.recv(), [1, big]],
      [
        () => theirs.sendBytes(bytes),
        () => ours.recvBytesInto(new Uint8Array(bytes.length)),
        () => ours.recvBytes(),
        bytes,
      ],
    ] as const;
    for (const [send, receive, again, message] of ways) {
      await run(async () => {
        const task = createTask(async () => await receive());
        await sleep(0); // it has begun to wait
        const sent = send(); // it is the receiver's from here on
        using _full = fillFamily();
        task.cancel();
        await assertRejects(async () => await task, CancelledError);
        await sent;
        await theirs.send("small");
        assertEquals(await again(), message);
        assertEquals(await ours.recv(), "small");
      });
    }
    ours.close();
    theirs.close();
  },
);

Deno.test(
  "an item that a child without ffi gives back while the memory is full is there again, first",
  { ignore },
  async () => {
    const queue = new Queue<unknown>();
    const big = "x".repeat(2 * LENGTH);
    await queue.put([1, big]);
    await queue.put([2, big]);
    const got = new Event(), go = new Event();
    await using child = new Process({
      target: targets.getAndGiveBack,
      args: [queue, got, go],
      ...without,
    }).start();
    await got.wait();
    using _full = fillFamily();
    await go.set();
    await child.result;
    assertEquals(await queue.qsize(), 2);
    assertEquals([await queue.get(), await queue.get()], [[1, big], [2, big]]);
  },
);
