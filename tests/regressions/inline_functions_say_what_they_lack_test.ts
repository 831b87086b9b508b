/** A function that is sent as text says what it lacks there, and never imports another module than was meant. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { type Executor, ProcessPoolExecutor, TransferError } from "@quartet/concurrency/futures";
import { testEachExecutor } from "../support/each_executor.ts";

const remote = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };

/** Functions that import by a relative path; the last names a module that stands beside the library's own. */
const relative: Record<string, () => unknown> = {
  "an async function": async () => await import("./nowhere.ts" as string),
  "a promise that is returned": () => import("../nowhere.ts" as string),
  "a nested arrow function": async () => {
    const load = (path: string): Promise<unknown> => import(path);
    return await load("/nowhere.ts");
  },
  "a path that the library has too": async () => Object.keys(await import("./chunk.ts" as string)),
};

async function allExplained(executor: Executor): Promise<void> {
  for (const [what, fn] of Object.entries(relative)) {
    await assertRejects(() => executor.submit(fn).then(), TypeError, "portable(import.meta", what);
    const mapped = Array.fromAsync(executor.map(fn, [1], { chunkSize: 2 }));
    await assertRejects(() => mapped, TypeError, "absolute URL", what);
  }
}

testEachExecutor("a relative import in an inline function is explained", allExplained, remote);

testEachExecutor("import.meta in an inline function is explained", async (executor) => {
  const error = await assertRejects(
    () => executor.submit(() => import.meta.url).then(),
    TransferError,
    "portable(import.meta",
  );
  assertEquals(/import\.meta/.test(error.message), true);
}, remote);

testEachExecutor("an absolute import in an inline function works", async (executor) => {
  const url = import.meta.resolve("../support/targets/jobs.ts");
  const square = async (url: string, n: number): Promise<number> =>
    (await import(url)).jobs.square(n);
  assertEquals(await executor.submit(square, url, 3), 9);
  const parsed = async (): Promise<string> => (await import("node:path")).basename("/a/b");
  assertEquals(await executor.submit(parsed), "b");
}, remote);

Deno.test("the same in a process that may do nothing", async () => {
  await using executor = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  await allExplained(executor);
});
