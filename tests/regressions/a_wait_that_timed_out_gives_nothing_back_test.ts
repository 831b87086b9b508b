/** A gather() that was cancelled released the lock of another, for which one of its waits had timed out. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  type Awaitable,
  CancelledError,
  gather,
  Lock,
  Queue,
  race,
  run,
  Semaphore,
} from "../../src/asyncio/mod.ts";
import { until } from "../support/until_waiting.ts";

const KINDS = {
  Lock: () => new Lock(),
  Semaphore: () => new Semaphore(1),
};

for (const [name, make] of Object.entries(KINDS)) {
  const forms: Record<string, (wait: () => PromiseLike<unknown>) => Awaitable<unknown>> = {
    waits: (wait) => wait(),
    functions: (wait) => wait,
  };
  for (const [form, made] of Object.entries(forms)) {
    Deno.test(`${name}: a wait that timed out gives nothing back, among ${form}`, async () => {
      await run(async () => {
        const lock = make();
        using _held = await lock.acquire();
        const items = new Queue<number>();
        let timedOut = 0;
        const wait = (): PromiseLike<unknown> => {
          const wait = lock.acquire({ timeout: 1 });
          wait.then(() => timedOut++);
          return wait;
        };

        const all = gather(made(wait), () => items.get());
        await until(() => timedOut === 1, "the wait has timed out");
        all.cancel();
        await assertRejects(() => all.then(), CancelledError);
        assertEquals(await lock.acquire({ timeout: 0 }), null);

        // Both have ended when the race looks: the one that lost has timed out.
        const bounded = wait();
        await until(() => timedOut === 2, "the wait has timed out");
        await items.put(1);
        assertEquals(await race<unknown>(items.get(), bounded), 1);
        assertEquals(await lock.acquire({ timeout: 0 }), null);
      });
    });
  }
}
