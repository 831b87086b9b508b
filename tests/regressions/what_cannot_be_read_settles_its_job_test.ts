/** What the other side cannot read ends its job with an error that says so; the worker and its other jobs go on. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { portable, ThreadPoolExecutor, TransferError } from "@quartet/concurrency/futures";
import { Queue } from "@quartet/concurrency/queue";
import { Thread } from "@quartet/concurrency/threading";
import { capture } from "../../src/wire/codec/codec.ts";
import { threadsGone } from "../support/threads_gone.ts";
import { testEachExecutor } from "../support/each_executor.ts";
import { deep, levelsOf, nested, Unreadable } from "../support/targets/deep_targets.ts";

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };
const kinds = ["object", "array", "map", "set"] as const;

testEachExecutor("a deep value crosses, or is refused: nothing in between", async (executor) => {
  for (const kind of kinds) {
    for (const levels of [900, 1_500, 1_990, 2_100, 2_700, 3_300, 4_000, 100_000]) {
      for (const way of ["argument", "result"] as const) {
        const job = way === "argument"
          ? executor.submit(deep.levels, nested(levels, kind))
          : executor.submit(deep.make, levels, kind);
        const end = await job.then(
          (value) => way === "argument" ? value as number : levelsOf(value),
          (error) => {
            assertInstanceOf(error, TransferError);
            assert(error.message.includes("nested"), error.message);
            assert(error.message.length < 400);
            return "refused";
          },
        );
        if (levels === 900) assertEquals(end, levels, `${kind} ${way}`);
        if (levels > 2_000) assertEquals(end, "refused", `${kind} ${way} ${levels}`);
      }
    }
  }
  assertEquals(await executor.submit(deep.same, "on"), "on");
}, pools);

testEachExecutor("a list whose nodes know each other", async (executor) => {
  const nodes = await executor.submit(deep.doubly, 500) as { next: unknown; before: unknown }[];
  assert(nodes[1]!.before === nodes[0] && nodes[0]!.next === nodes[1]);
  await assertRejects(async () => await executor.submit(deep.doubly, 3_000), TransferError);
}, pools);

testEachExecutor("a deep item ends its stream behind the others", async (executor) => {
  const got: unknown[] = [];
  await assertRejects(async () => {
    for await (const item of executor.stream(deep.items)) got.push(item);
  }, TransferError);
  assertEquals(got, [1]);
}, pools);

testEachExecutor("a module of WebAssembly as the very first message", async (executor) => {
  const module = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  await assertRejects(async () => await executor.submit(deep.same, module), TransferError);
  assertEquals(await executor.submit(deep.same, new Map([[1, 2]])), new Map([[1, 2]]));
}, { names: ["ProcessPoolExecutor"], width: 1 });

Deno.test("a deep item of a queue is refused, and takes nothing along", () => {
  const queue = new Queue<unknown>();
  for (const kind of kinds) {
    queue.putSync(nested(400, kind));
    assertEquals(levelsOf(queue.getSync()), 400);
    try {
      queue.putSync(nested(100_000, kind));
      throw new Error("it was taken");
    } catch (error) {
      assertInstanceOf(error, TransferError);
    }
  }
  queue.putSync("on");
  assertEquals(queue.getSync(), "on");
});

Deno.test("what was refused leaves nothing behind in the codec", () => {
  for (let n = 0; n < 3; n++) {
    try {
      capture([nested(100_000), () => 1], "thread");
    } catch (error) {
      assertInstanceOf(error, TransferError);
    }
    assertEquals(capture([{ a: [n] }], "thread").value, [{ a: [n] }]);
  }
});

// Below the platform fails although the codec saw nothing wrong: the port tells of it by messageerror.

Deno.test("arguments that cannot be read over there fail their job only", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 4 });
  const long = pool.submit(deep.after, 50);
  for (let n = 0; n < 3; n++) {
    const lost = pool.submit(deep.same, new Unreadable());
    await assertRejects(async () => await lost, TransferError, "cannot read on the other side");
    assertEquals(await pool.submit(deep.same, n), n);
  }
  assertEquals(await long, 50);
  assertEquals(pool.statistics().running, 0);
});

Deno.test("a result that cannot be read here fails its job only", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 4 });
  const long = pool.submit(deep.after, 50);
  for (let n = 0; n < 3; n++) {
    const lost = pool.submit(deep.unreadable);
    await assertRejects(async () => await lost, TransferError, "cannot read on the other side");
    assertEquals(await pool.submit(deep.same, n), n);
  }
  assertEquals(await long, 50);
  assertEquals(pool.statistics().running, 0);
});

Deno.test("items that cannot be read here end their stream, with no gap in what came", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const got: unknown[] = [];
  await assertRejects(async () => {
    for await (const item of pool.stream(deep.unreadableItems)) got.push(item);
  }, TransferError);
  assertEquals(got, got.map((_, n) => n));
  assertEquals(await pool.submit(deep.same, 5), 5);
});

Deno.test("a thread that blocks hears of it as well", async () => {
  const outcome = await new Thread({ target: blocking, args: [] }).start().result;
  assertEquals(outcome, ["TransferError", 6]);
  await threadsGone();
});

const blocking = portable(import.meta, async function blocking(): Promise<unknown[]> {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  let name = "none";
  try {
    pool.submit(deep.unreadable).resultSync({ timeout: 60_000 });
  } catch (error) {
    name = (error as Error).name;
  }
  return [name, pool.submit(deep.same, 6).resultSync({ timeout: 60_000 })];
});
