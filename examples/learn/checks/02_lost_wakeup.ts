import { assertEquals } from "@std/assert";
import { createTask, gather, run, waitFor } from "@quartet/concurrency/asyncio";
import { VirtualClock } from "@quartet/concurrency/testing";
import { load } from "./load.ts";

const { Mailbox } = await load<typeof import("../solutions/02_lost_wakeup.ts")>("02_lost_wakeup");

/** Runs it in virtual time: a minute of waiting costs nothing. */
async function virtually(main: () => Promise<void>): Promise<void> {
  using _clock = new VirtualClock();
  await run(main);
}

Deno.test("a letter that is there is taken, and one that comes later is waited for", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    await box.put("a");
    assertEquals(await waitFor(box.get(), 60_000), "a");
    const later = createTask(() => box.get());
    await box.put("b");
    assertEquals(await waitFor(later, 60_000), "b");
  });
});

Deno.test("a letter that arrives between the look and the wait is not missed", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    const putting = box.put("a"); // has the lock, and not yet put the letter in
    const getting = box.get(); // looks now
    await putting;
    assertEquals(await waitFor(getting, 60_000), "a");
  });
});

Deno.test("each of three waiters gets a letter of its own, however the letters come", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    const waiting = [1, 2, 3].map(() => createTask(() => box.get()));
    await gather(...["a", "b", "c"].map((letter) => () => box.put(letter)));
    const letters = await waitFor(gather(...waiting), 60_000);
    assertEquals(letters.toSorted(), ["a", "b", "c"]);
  });
});
