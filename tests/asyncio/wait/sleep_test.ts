/** sleep(). */
import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";
import { virtually } from "../../support/virtual_run.ts";

for (const { name, waits } of bodies) {
  Deno.test(
    `${name}: sleep(0) gives way to each other task once, round by round`,
    virtually(async () => {
      const seen: string[] = [];
      const rounds = (tag: string, round: number): () => unknown =>
        waits(() => {
          seen.push(`${round}${tag}`);
          return round === 3 ? aio.sleep(0) : aio.gather(aio.sleep(0), rounds(tag, round + 1));
        });
      await aio.gather(...["a", "b", "c"].map((tag) => rounds(tag, 1) as () => Promise<void>));
      assertEquals(seen, ["1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c"]);
    }),
  );

  Deno.test(
    `${name}: sleeps end in the order of their times, and those of one time in that of their beginning`,
    virtually(async () => {
      const seen: string[] = [];
      const sleeper = (tag: string, ms: number) => {
        const body = waits(() => aio.sleep(ms));
        const task = aio.createTask(body as () => Promise<void>);
        task.addDoneCallback(() => void seen.push(tag));
        return task;
      };
      await aio.wait([sleeper("c", 7), sleeper("a", 2), sleeper("b", 5), sleeper("a2", 2)]);
      await aio.sleep(0);
      assertEquals(seen, ["a", "a2", "b", "c"]);
    }),
  );

  Deno.test(
    `${name}: a sleep longer than a timer can be does not end at once, and can be cancelled`,
    virtually(async () => {
      const task = aio.createTask(waits(() => aio.sleep(2 ** 31 + 10)) as () => Promise<void>);
      await aio.sleep(2 ** 31);
      assertEquals(task.done(), false);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
    }),
  );
}
