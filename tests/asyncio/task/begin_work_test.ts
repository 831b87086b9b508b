/** How a task hears of the end of what its function returned: bare promises find it by the flow, others are told whose they are. */
import "../../support/leak_guard.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { assertEquals, assertRejects } from "@std/assert";
import { createTask, run, sleep } from "../../../src/asyncio/mod.ts";

/** A promise whose reactions run later, and in nobody's flow. */
class Slow<T> extends Promise<T> {
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const after = <V, R>(react?: ((value: V) => R) | null) =>
      react && ((value: V): R => nowhere(() => react(value)));
    return super.then(after(onDone), after(onFailed));
  }
}
const nowhere = AsyncLocalStorage.snapshot();

Deno.test("tasks that return one promise each end with it", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const tasks = [1, 2, 3].map(() => createTask(() => promise));
    await sleep(0);
    resolve(7);
    for (const task of tasks) assertEquals(await task, 7);
  });
});

Deno.test("a promise with a then of its own ends its task, whatever flows in its reactions", async () => {
  await run(async () => {
    assertEquals(await createTask(() => Slow.resolve(1)), 1);
    await assertRejects(
      () => Promise.resolve(createTask(() => Slow.reject(new RangeError("slow")))),
      RangeError,
      "slow",
    );
    const patched = Promise.resolve(2);
    patched.then = Slow.prototype.then.bind(Slow.resolve(3)) as typeof patched.then;
    assertEquals(await createTask(() => patched), 3);
  });
});

Deno.test("a function that enters a storage before it returns its promise is still its task's", async () => {
  const storage = new AsyncLocalStorage<string>();
  const work = async (): Promise<string | undefined> => {
    storage.enterWith("entered");
    await sleep(0);
    return storage.getStore();
  };
  await run(async () => {
    const [one, other] = [createTask(work), createTask(() => storage.run("around", work))];
    assertEquals(await one, "entered");
    assertEquals(await other, "entered");
  });
});

Deno.test("a promise that was never made as one fails its task", async () => {
  await run(async () => {
    const fake = Object.create(Promise.prototype) as Promise<void>;
    await assertRejects(() => Promise.resolve(createTask(() => fake)), TypeError);
  });
});
