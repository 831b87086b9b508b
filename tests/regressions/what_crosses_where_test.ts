/** The codec's table of what crosses where says what the platform does, and jobs and queues do what it says. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import v8 from "node:v8";
import { receiveMessageOnPort } from "node:worker_threads";
import { type Executor, portable, transfer, TransferError } from "@quartet/concurrency/futures";
import { Lock as ProcessLock } from "@quartet/concurrency/multiprocessing";
import { Queue } from "@quartet/concurrency/queue";
import { Lock } from "@quartet/concurrency/threading";
import { CROSSINGS, platformClass, type Way } from "../../src/wire/codec/value_kinds.ts";
import { executors, testEachExecutor } from "../support/each_executor.ts";
import { brandOf, crossing, far, refused } from "../support/targets/platform_values.ts";

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };
/** Errors cross as records of the codec's own. */
const RECORDS = new Set(["Error", "DOMException", "QuotaExceededError"]);

/** The platform closes the ports behind a stream that was moved when it likes. */
const lax = { sanitizeOps: false, sanitizeResources: false };

function close(value: unknown): void {
  if (value instanceof MessagePort) value.close();
}

Deno.test("the table names classes that the platform has, and the samples are all of them", () => {
  assertEquals(Object.keys(CROSSINGS).toSorted(), Object.keys(crossing).toSorted());
  for (const name of Object.keys(CROSSINGS)) assert(platformClass(name) !== undefined, name);
});

Deno.test("the table says how the platform brings each to a thread", lax, async () => {
  const { port1, port2 } = new MessageChannel();
  for (const [name, make] of Object.entries(crossing)) {
    if (RECORDS.has(name)) continue;
    const value = await make();
    const way = CROSSINGS[name]!.thread;
    if (way === "moved") {
      assertThrows(() => port1.postMessage(value), DOMException);
      port1.postMessage(value, [value as Transferable]);
    } else port1.postMessage(value);
    const got = receiveMessageOnPort(port2 as never)!.message;
    assertEquals(brandOf(got), brandOf(value), name);
    close(got);
  }
  port1.close();
  port2.close();
});

Deno.test("the table says which the platform can write for a process", async () => {
  for (const [name, make] of Object.entries(crossing)) {
    if (RECORDS.has(name)) continue;
    const value = await make();
    let way: Way = "refused";
    try {
      const got = v8.deserialize(v8.serialize(value));
      if (brandOf(got) === brandOf(value)) way = "copied";
    } catch (error) {
      assert(error instanceof Error);
    }
    assertEquals(CROSSINGS[name]!.process, way, name);
    close(value);
  }
});

async function crossAll(executor: Executor): Promise<void> {
  const reach = executor.constructor.name === "ThreadPoolExecutor" ? "thread" : "process";
  const lock = reach === "thread" ? new Lock() : new ProcessLock();
  for (const [name, make] of Object.entries(crossing)) {
    const way = CROSSINGS[name]![reach];
    for (const beside of [[], [lock]]) {
      const it = await make();
      const value = way === "moved"
        ? transfer({ it, beside }, [it as Transferable])
        : { it, beside };
      const brand = brandOf(it);
      const arriving = executor.submit(far.brand, value);
      const returning = executor.submit(far.give, name, ...beside);
      if (way === "refused") {
        const error = await assertRejects(async () => await arriving, TransferError);
        assertEquals(error.path, "[0].it", name);
        assertEquals(
          (await assertRejects(async () => await returning, TransferError)).path,
          "it",
        );
      } else {
        assertEquals(await arriving, brand, name);
        if (way === "moved") {
          await assertRejects(
            async () => await returning,
            TransferError,
            "move",
          );
        } else assertEquals(brandOf((await returning as { it: unknown }).it), brand, name);
      }
      close(it);
    }
  }
}

for (const name of pools.names) {
  Deno.test(
    `${name}: arguments and results cross as the table says, also beside a lock`,
    lax,
    async () => {
      await using executor = executors[name]!(1);
      await crossAll(executor);
    },
  );
}

testEachExecutor("what would arrive empty is refused with its path", async (executor) => {
  for (const [name, make] of Object.entries(refused)) {
    const it = make();
    const arriving = executor.submit(far.brand, { it });
    const error = await assertRejects(async () => await arriving, TransferError, "", name);
    assert(error.path.startsWith("[0].it"), name);
    if (name !== "Promise") { // which is awaited there
      const returning = executor.submit(far.give, name);
      const refusal = await assertRejects(async () => await returning, TransferError, "", name);
      assert(refusal.path.startsWith("it"), name);
    }
    if (it instanceof MessageChannel) it.port1.close(), it.port2.close();
  }
}, pools);

Deno.test("items of a queue cross as the table says", async () => {
  const queue = new Queue<unknown>();
  for (const [name, make] of Object.entries(crossing)) {
    const it = await make();
    if (CROSSINGS[name]!.queue === "refused") {
      assertThrows(() => queue.putSync({ it }), TransferError, "", name);
    } else {
      queue.putSync({ it });
      assertEquals(brandOf((queue.getSync() as { it: unknown }).it), brandOf(it), name);
    }
    close(it);
  }
  for (const [name, make] of Object.entries(refused)) {
    const it = make();
    assertThrows(() => queue.putSync({ it }), TransferError, "", name);
    if (it instanceof MessageChannel) it.port1.close(), it.port2.close();
  }
});

const kept = portable(import.meta, {
  same<T>(value: T): T {
    return value;
  },
});

Deno.test("a match keeps its named fields in a queue", () => {
  const queue = new Queue<unknown>();
  queue.putSync([/(?<a>b)/.exec("abc")]);
  queue.putSync([/(?<a>b)/.exec("abc"), new Error("e")]);
  for (let n = 0; n < 2; n++) {
    const [match] = queue.getSync() as [RegExpExecArray];
    assertEquals([match.index, match.input, match.groups?.a, match.length], [1, "abc", "b", 2]);
  }
});

testEachExecutor("a match keeps its named fields, alone and beside an error", async (executor) => {
  for (const value of [/(?<a>b)/.exec("abc"), [/(?<a>b)/.exec("abc"), new Error("e")]]) {
    const got = await executor.submit(kept.same, value);
    const match = (got instanceof Array && got.length === 2 && got[1] instanceof Error
      ? got[0]
      : got) as RegExpExecArray;
    assertEquals([match.index, match.input, match.groups?.a], [1, "abc", "b"]);
  }
}, pools);
