import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EmptyError, EOFError, FullError, ShutDownError } from "../../../src/core/errors.ts";
import {
  type Connection,
  JoinableQueue,
  type Lock,
  Pipe,
  Process,
  ProcessExitedError,
  Queue,
  SimpleQueue,
} from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { servedQueue } from "../../support/served_queue.ts";
import { ringTargets as targets } from "../../support/targets/ring_targets.ts";
import { until } from "../../support/until_waiting.ts";

const ignore = Deno.build.os !== "linux";
/** What a child may do that has no FFI. */
const without = { permissions: { read: true, write: true, net: true } } as const;

const ITEMS: unknown[] = [
  0,
  -1,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  -0,
  1.5,
  NaN,
  Infinity,
  undefined,
  null,
  true,
  false,
  "",
  "text",
  "ünï",
  "\ud800",
  2n ** 70n,
  new Date(5),
  /a+/g,
  [1, , 3],
  { a: { b: [] } },
  new Map([[1, new Set([2])]]),
  new Uint8Array([1, 2]),
  "x".repeat(10_000),
  "x".repeat(200_000),
  new Uint8Array(3_000_000).fill(7),
  new RangeError("outer", { cause: new TypeError("inner") }),
];

for (const target of [targets.echo, targets.echoSync]) {
  Deno.test(
    `a mapped queue carries everything there and back: ${target.name}`,
    { ignore },
    async () => {
      const to = new Queue(), from = new Queue();
      await using child = new Process({ target, args: [to, from] }).start();
      for (const item of ITEMS) await to.put(item);
      for (const item of ITEMS) assertEquals(await from.get(), [item]);
      for (const item of ITEMS) {
        to.putSync(item);
        assertEquals(from.getSync(), [item]);
      }
      await to.put("end");
      await child.result;
    },
  );
}

Deno.test("a mapped queue's Sync methods keep its promises", { ignore }, () => {
  const queue = new Queue<number>(2);
  queue.putSync(1);
  queue.putSync(2);
  assertThrows(() => queue.putSync(3, { timeout: 2 }), FullError);
  assertThrows(() => queue.putSync(3, { timeout: 0 }), FullError);
  assertEquals([queue.getSync(), queue.getSync()], [1, 2]);
  assertThrows(() => queue.getSync({ timeout: 2 }), EmptyError);
  assertThrows(() => queue.getSync({ timeout: NaN }), RangeError);
  const simple = new SimpleQueue<string>();
  simple.putSync("x");
  assertEquals(simple.getSync(), "x");
});

Deno.test("a queue that is served has no Sync methods, and says what to grant", async () => {
  const queue = servedQueue(Queue<number>);
  assertThrows(() => queue.putSync(1), Deno.errors.NotSupported, "--allow-ffi");
  assertThrows(() => queue.getSync(), Deno.errors.NotSupported, "--allow-ffi");
  await using child = new Process({ target: targets.triesSync, args: [new Queue()], ...without })
    .start();
  assert((await child.result).includes("--allow-ffi"));
});

Deno.test("a child without ffi uses a mapped queue by its home, beside one that sees it", {
  ignore,
}, async () => {
  const to = new Queue(2), from = new JoinableQueue();
  await using served = new Process({ target: targets.echo, args: [to, from], ...without }).start();
  await using mapped = new Process({ target: targets.echo, args: [to, from] }).start();
  const got = new Set<unknown>();
  const getting = (async () => {
    for (let i = 0; i < 200; i++) got.add((await from.get() as unknown[])[0]);
  })();
  for (let i = 0; i < 200; i++) await to.put(i);
  await getting;
  assertEquals(got.size, 200);
  await to.put("end");
  await to.put("end");
  await Promise.all([served.result, mapped.result]);
});

Deno.test(
  "locks and connections go through a mapped queue and stay themselves",
  { ignore },
  async () => {
    const queue = new JoinableQueue<unknown>();
    await using child = new Process({ target: targets.putLock, args: [queue] }).start();
    const { lock } = await queue.get() as { lock: Lock };
    assertEquals(await queue.get(), "held");
    assertEquals(await lock.locked(), true);
    await queue.taskDone();
    await queue.taskDone();
    assertEquals(await child.result, false);
    const ends = new Queue<Connection<string>>();
    await using other = new Process({ target: targets.answerOver, args: [ends] }).start();
    const [ours, theirs] = Pipe<string>();
    await ends.put(theirs);
    await ours.send("hello");
    assertEquals(await ours.recv(), "got hello");
    await other.result;
    ours.close();
  },
);

Deno.test(
  "a mapped queue ends with the process that made it, whoever waits",
  { ignore },
  async () => {
    const made = new Queue<Queue<unknown>>();
    const child = new Process({ target: targets.makeQueue, args: [made] }).start();
    const queue = await made.get();
    const waiting = queue.get();
    await queue.put("not lost on the living");
    assertEquals(await waiting, "not lost on the living");
    const left = queue.get();
    child.kill();
    await assertRejects(() => left, EOFError);
    await assertRejects(() => child.result, ProcessExitedError);
    await assertRejects(() => queue.put(1), EOFError);
    assertThrows(() => queue.getSync(), EOFError);
    await child.join();
  },
);

Deno.test("more wait for a mapped queue than its line has places, and each gets an item", {
  ignore,
}, async () => {
  const queue = new Queue<number>();
  const gets = Array.from({ length: 1000 }, () => queue.get());
  for (let i = 0; i < 1000; i++) await queue.put(i);
  assertEquals(await Promise.all(gets), Array.from({ length: 1000 }, (_, i) => i));
  const rest = Array.from({ length: 600 }, () => queue.get());
  await queue.shutdown();
  for (const get of rest) await assertRejects(() => get, ShutDownError);
});

Deno.test("a mapped queue gives its memory back when it is let go of", { ignore }, () => {
  const { pages } = Family.join()!;
  const queue = new Queue<unknown>();
  const used = pages.used;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 50_000; i++) queue.putSync(i);
    queue.putSync(new Uint8Array(1_000_000));
    for (let i = 0; i < 50_000; i++) assertEquals(queue.getSync(), i);
    assertEquals((queue.getSync() as Uint8Array).length, 1_000_000);
    assert(pages.used <= used);
  }
});

Deno.test("an item that a killed process had not put completely is not there, and all others are", {
  ignore,
}, async () => {
  const queue = new Queue<[number, number, string]>();
  for (let round = 0; round < 8; round++) {
    const killed = new Process({ target: targets.putForEver, args: [queue, 1] }).start();
    await until(async () => await queue.qsize() > 100 * round, "the child puts");
    killed.kill();
    await assertRejects(() => killed.result, ProcessExitedError);
    await killed.join();
    await using other = new Process({ target: targets.putSome, args: [queue, 2, 100] }).start();
    await other.result;
    const next = [0, 0, 0];
    while (next[2]! < 100) {
      const [who, number, text] = queue.getSync({ timeout: 60_000 });
      assertEquals(number, next[who]!++);
      assertEquals(text.length, who === 1 && number % 7 === 0 ? 20_000 : number % 50);
    }
    assertEquals(await queue.qsize(), 0);
  }
});

Deno.test(
  "an item of more than 64 MiB goes through a mapped queue too, in its turn",
  { ignore },
  async () => {
    const to = new Queue<unknown>(), from = new Queue<unknown>();
    await using child = new Process({ target: targets.echo, args: [to, from] }).start();
    const big = new Uint8Array(2 ** 26 + 1).fill(3);
    for (const item of [1, big, 2]) await to.put(item);
    assertEquals(await from.get(), [1]);
    const [back] = await from.get() as [Uint8Array];
    assertEquals([back.length, back[0], back.at(-1)], [2 ** 26 + 1, 3, 3]);
    assertEquals(await from.get(), [2]);
    await to.put("end");
    await child.result;
  },
);
