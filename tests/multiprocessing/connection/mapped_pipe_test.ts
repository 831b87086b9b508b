import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EOFError, InvalidStateError, TimeoutError } from "../../../src/core/errors.ts";
import {
  type Connection,
  Lock,
  Pipe,
  Process,
  ProcessExitedError,
  wait,
} from "../../../src/multiprocessing/mod.ts";
import { makePipe } from "../../../src/multiprocessing/connection/pipe.ts";
import { PipeEndCore } from "../../../src/multiprocessing/connection/pipe_end.ts";
import { RingPipe } from "../../../src/multiprocessing/connection/ring_pipe.ts";
import { thisNode } from "../../../src/multiprocessing/objects/node.ts";
import { postedItem } from "../../../src/multiprocessing/family/item.ts";
import { PlayedChild } from "../../support/played_child.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { ringTargets as targets } from "../../support/targets/ring_targets.ts";

const ignore = Deno.build.os !== "linux";
/** What a child may do that has no FFI. */
const without = { permissions: { read: true, write: true, net: true } } as const;

for (const target of [targets.answer, targets.answerSync]) {
  Deno.test(`a mapped pipe's ends may block or not: ${target.name}`, { ignore }, async () => {
    const [ours, theirs] = Pipe<unknown>();
    await using child = new Process({ target, args: [theirs] }).start();
    for (const message of [1, "x", null, { a: [1.5] }, "x".repeat(100_000)]) {
      await ours.send(message);
      assertEquals(await ours.recv(), [message]);
      ours.sendSync(message);
      assertEquals(ours.recvSync(), [message]);
    }
    assertThrows(() => ours.recvSync({ timeout: 2 }), TimeoutError);
    assertThrows(() => ours.recvSync({ timeout: 0 }), TimeoutError);
    ours.close();
    assertThrows(() => ours.recvSync(), InvalidStateError);
    await child.result;
  });
}

Deno.test("timers have their turn while messages go to and fro", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const [ours, theirs] = Pipe<unknown>();
  await using child = new Process({ target: targets.answerSync, args: [theirs] }).start();
  for (let turns = 0; turns < 20; turns++) {
    let isDue = false;
    setTimeout(() => isDue = true, 5);
    while (!isDue) {
      await ours.send(turns);
      assertEquals(await ours.recv(), [turns]);
    }
  }
  ours.close();
  await child.result;
});

Deno.test("a connection that is served has no Sync methods, and says what to grant", async () => {
  const [ours, theirs] = makePipe(true, null);
  assertThrows(() => ours.sendSync(1), Deno.errors.NotSupported, "--allow-ffi");
  assertThrows(() => theirs.recvSync(), Deno.errors.NotSupported, "--allow-ffi");
  ours.close();
  const [near, far] = Pipe();
  await using child = new Process({ target: targets.triesRecvSync, args: [far], ...without })
    .start();
  assert((await child.result).includes("--allow-ffi"));
  near.close();
});

Deno.test("a child without ffi uses a mapped pipe by its home, whoever has the other end", {
  ignore,
}, async () => {
  const [ours, theirs] = Pipe<unknown>();
  await using child = new Process({ target: targets.answer, args: [theirs], ...without }).start();
  const lock = new Lock();
  const messages = [1, "x", lock, new RangeError("r"), undefined, new Uint8Array(100_000)];
  for (const message of messages) await ours.send(message);
  for (const message of messages) {
    const [back] = await ours.recv() as [unknown];
    if (message === lock) assert(back instanceof Lock);
    else assertEquals(back, message);
  }
  const sending = (async () => {
    for (let i = 0; i < 2000; i++) await ours.send(i);
  })();
  for (let i = 0; i < 2000; i++) assertEquals(await ours.recv(), [i]);
  await sending;
  ours.close();
  await child.result;
  const [a, b] = Pipe<unknown>();
  const [c, d] = Pipe<unknown>();
  await using served = new Process({ target: targets.relay, args: [a, c], ...without }).start();
  await using mapped = new Process({ target: targets.answerSync, args: [d] }).start();
  for (let i = 0; i < 300; i++) {
    await b.send(i);
    assertEquals(await b.recv(), [i]);
  }
  b.close();
  await Promise.all([served.result, mapped.result]);
});

Deno.test(
  "what a child without ffi has sent comes before the end, whatever waits for room when it ends",
  {
    ignore,
  },
  async () => {
    const length = 60_000;
    // All that is sent finds room, or the ring takes a fourth of it ahead.
    for (const count of [3, 100]) {
      for (const receiver of ["here", "in a child", "in a child without ffi"]) {
        const [ours, theirs] = Pipe<[number, string]>();
        const child = new Process({
          target: targets.sendAndClose,
          args: [theirs, count, length],
          ...without,
        }).start();
        await child.result;
        await child.join();
        if (receiver === "here") {
          for (let i = 0; i < count; i++) {
            assertEquals((await ours.recv())[0], i);
          }
          await assertRejects(() => ours.recv(), EOFError);
          continue;
        }
        await using reading = new Process({
          target: targets.recvAll,
          args: [ours],
          ...(receiver === "in a child" ? {} : without),
        }).start();
        assertEquals(await reading.result, Array.from({ length: count }, (_, i) => i), receiver);
      }
    }
  },
);

Deno.test("a child without ffi that comes after the end gets all that was sent before", {
  ignore,
}, async () => {
  const [ours, theirs] = Pipe<[number, string]>();
  const lock = new Lock();
  for (let i = 0; i < 40; i++) await ours.send([i, "x"]);
  await ours.send([40, lock as never]);
  ours.close();
  await using child = new Process({ target: targets.recvAll, args: [theirs], ...without }).start();
  assertEquals(await child.result, Array.from({ length: 41 }, (_, i) => i));
});

for (
  const [how, make] of [["mapped", () => Pipe<unknown>()], [
    "served",
    () => makePipe(true, null),
  ]] as const
) {
  Deno.test(`a connection that could not be sent gets each message once all the same: ${how}`, {
    ignore,
  }, async () => {
    for (let round = 0; round < 4; round++) {
      const [ours, theirs] = make();
      const sent = ["early", "early too"];
      for (const each of sent) await ours.send(each);
      await using child = new Process({
        target: targets.answerAfterAll,
        args: [theirs],
        ...without,
      })
        .start();
      for (const each of sent) assertEquals(await ours.recv(), [each]);
      await ours.send("late");
      assertEquals(await ours.recv(), ["late"]);
      ours.close();
      await child.result;
    }
  });
}

for (const [how, options] of [["mapped", {}], ["served", without]] as const) {
  Deno.test(
    `what an end has not received goes where the end goes: ${how}`,
    { ignore },
    async () => {
      const [ours, theirs] = Pipe<unknown>();
      const lock = new Lock();
      const messages = [1, "two", lock, { four: 4 }];
      for (const message of messages) await ours.send(message);
      await using child = new Process({ target: targets.recvOne, args: [theirs], ...options })
        .start();
      const [first, back] = await child.result;
      assertEquals(first, 1);
      await child.join();
      assertEquals(await back.recv(), "two");
      assert(await back.recv() instanceof Lock);
      await using other = new Process({ target: targets.recvOne, args: [back] }).start();
      const [fourth, again] = await other.result;
      assertEquals(fourth, { four: 4 });
      await again.send("bye");
      assertEquals(await ours.recv(), "bye");
      again.close();
      await assertRejects(() => ours.recv(), EOFError);
      ours.close();
    },
  );
}

Deno.test("a wait for a mapped connection sees its messages and its end", { ignore }, async () => {
  const [ours, theirs] = Pipe<unknown>();
  const [idle, other] = Pipe<unknown>();
  const child = new Process({ target: targets.answer, args: [theirs] }).start();
  await ours.send(1);
  assertEquals(await wait([idle, ours]), [ours]);
  assertEquals(await ours.recv(), [1]);
  const ready = wait([idle, ours]);
  child.kill();
  assertEquals(await ready, [ours]);
  await assertRejects(() => ours.recv(), EOFError);
  await assertRejects(() => child.result, ProcessExitedError);
  await child.join();
  for (const each of [ours, idle, other]) each.close();
});

Deno.test(
  "a killed writer leaves no torn message, and a blocked reader sees its end",
  { ignore },
  async () => {
    for (let round = 0; round < 8; round++) {
      const [ours, theirs] = Pipe<unknown>();
      const child = new Process({ target: targets.sendForEver, args: [theirs] }).start();
      let next = 0;
      const receive = (message: unknown): void => {
        const [number, text] = message as [number, string];
        assertEquals(number, next++);
        assertEquals(text.length, number % 7 === 0 ? 20_000 : number % 50);
      };
      while (next < 100 * round + 1) receive(await ours.recv());
      child.kill();
      assertThrows(() => {
        for (;;) receive(ours.recvSync());
      }, EOFError);
      await assertRejects(() => child.result, ProcessExitedError);
      await child.join();
      ours.close();
    }
  },
);

Deno.test("a blocked sender sees that its reader was killed", { ignore }, async () => {
  const [ours, theirs] = Pipe<unknown>();
  const child = new Process({ target: targets.recvThenForEver, args: [theirs] }).start();
  await ours.send("come");
  assertEquals(await ours.recv(), "come");
  child.kill();
  assertThrows(() => {
    for (;;) ours.sendSync("x".repeat(1000));
  }, EOFError);
  await assertRejects(() => child.result, ProcessExitedError);
  await child.join();
  ours.close();
});

Deno.test("a mapped pipe gives its memory back once both ends are closed", { ignore }, () => {
  const { pages } = Family.join()!;
  const before = pages.used;
  for (let i = 0; i < 100; i++) {
    const [left, right] = Pipe<unknown>();
    left.sendSync("x".repeat(100_000));
    left.close();
    assertEquals((right.recvSync() as string).length, 100_000);
    assertThrows(() => right.recvSync(), EOFError);
    assertThrows(() => right.sendSync(1), EOFError);
    right.close();
  }
  assert(pages.used <= before); // less, if what the dead of another test had was given back meanwhile
});

Deno.test("what a child says of an end that it has closed touches no memory", { ignore }, () => {
  const ways = RingPipe.pair()!;
  const [reader, writer] = PipeEndCore.pair(false, ways);
  const child = `${thisNode().path}.999`;
  reader.heldIn(child, "ticket");
  reader.posted(child, "close", []);
  writer.close();
  const next = RingPipe.pair()!;
  const places = (way: RingPipe): number[] => [way.places.inbound, way.places.outbound].sort();
  assertEquals(places(next[0]), places(ways[0]), "the same memory is another pipe's now");
  const { words } = Family.join()!;
  const heads = (): Int32Array[] => places(next[0]).map((at) => words.words.slice(at, at + 8));
  const before = heads();
  reader.posted(child, "bridge", []);
  assertEquals(heads(), before);
  for (const each of next) each.free();
});

Deno.test(
  "the place of a letter that has not come goes where its end goes",
  { ignore },
  async () => {
    const ways = RingPipe.pair()!;
    const [reader, writer] = makePipe(false, ways);
    const count = (): number => ways[0].inbound.look((ring) => ring.size);
    ways[1].outbound.put(postedItem(0), { timeout: 0 });
    ways[1].outbound.put(postedItem(0), { timeout: 0 });
    const waits = [1, 2, 3].map(() => assertRejects(() => reader.recv(), EOFError));
    assertEquals(count(), 0);
    const child = new PlayedChild();
    child.give(reader);
    await Promise.all(waits);
    assertEquals(count(), 2);
    child.ends();
    writer.close();
  },
);

Deno.test(
  "letters on the way to several receives go where their end goes",
  { ignore },
  async () => {
    const [ours, theirs] = Pipe<Lock>();
    const [tell, told] = Pipe<string>();
    const locks = [new Lock(), new Lock()] as const;
    await locks[1].acquire();
    await using child = new Process({ target: targets.passWaiting, args: [theirs, told] }).start();
    for (const each of locks) await ours.send(each);
    await tell.send("both have a place");
    const back = await child.result as Connection<unknown, Lock>;
    const got = [await back.recv(), await back.recv()] as const;
    assertEquals(await Promise.all(got.map((each) => each.locked())), [false, true]);
    await locks[1].release();
    assertEquals((await child.join(), child.statistics().refused), 0);
    for (const each of [back, ours, tell]) each.close();
  },
);

for (
  const { how, target, permissions, carrier } of [
    {
      how: "served",
      target: targets.sendUnaware,
      permissions: {},
      carrier: () => makePipe<unknown, unknown>(true, null),
    },
    {
      how: "by the home of a mapped pipe",
      target: targets.sendBehind,
      permissions: without,
      carrier: () => Pipe(),
    },
  ]
) {
  Deno.test(`a connection closes whose message finds nobody: ${how}`, { ignore }, async () => {
    const [ours, theirs] = carrier();
    const [mine, cargo] = Pipe();
    const [tell, told] = Pipe();
    await using child = new Process({ target, args: [theirs, cargo, told], ...permissions })
      .start();
    await tell.recv();
    ours.close();
    await tell.send("it is closed");
    await assertRejects(() => mine.recv(), EOFError);
    tell.close();
    await child.result;
    mine.close();
  });
}

Deno.test(
  "what waits for room at an end that is here keeps no process, and goes where that end goes",
  {
    ignore,
  },
  async () => {
    const [ours, theirs] = Pipe();
    const [tell, told] = Pipe();
    await using child = new Process({
      target: targets.sendTooMuch,
      args: [theirs, told],
      ...without,
    })
      .start();
    assertEquals(await tell.recv(), "sent");
    await child.result;
    await child.join();
    assertEquals(Family.join()!.bell.pending, 0);
    await using other = new Process({ target: targets.countAll, args: [ours] }).start();
    assertEquals(await other.result, 11);
    tell.close();
  },
);
