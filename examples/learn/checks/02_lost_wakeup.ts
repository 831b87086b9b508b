import { assertEquals } from "@std/assert";
import { createTask, gather, sleep } from "@quartet/concurrency/asyncio";
import { load } from "./load.ts";
import { ended, virtually } from "./virtual_time.ts";

const { Mailbox } = await load<typeof import("../solutions/02_lost_wakeup.ts")>("02_lost_wakeup");

const MISSED = "get() waits for ever, though a letter is in the box";

Deno.test("a letter that is there is taken, and one that comes later is waited for", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    await box.put("a");
    assertEquals(await ended(box.get(), MISSED), "a");
    const later = createTask(() => box.get());
    await box.put("b");
    assertEquals(await ended(later, MISSED), "b");
  });
});

Deno.test("a letter that arrives between the look and the wait is not missed", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    const putting = box.put("a"); // has the lock, and has not yet put the letter in
    const getting = box.get(); // looks now
    await putting;
    assertEquals(await ended(getting, MISSED), "a");
  });
});

Deno.test("a letter that another takes before the woken task runs is not taken twice", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    const early = createTask(() => box.get());
    await sleep(1); // it waits
    const putting = box.put("a"); // will wake it
    const late = box.get(); // and this is in the line for the lock before it
    await putting;
    await box.put("b");
    const letters = await ended(gather(early, late), MISSED);
    assertEquals(letters.toSorted(), ["a", "b"]);
  });
});

Deno.test("each of three waiters gets a letter of its own, however the letters come", async () => {
  await virtually(async () => {
    const box = new Mailbox();
    const waiting = [1, 2, 3].map(() => createTask(() => box.get()));
    await gather(...["a", "b", "c"].map((letter) => () => box.put(letter)));
    const letters = await ended(gather(...waiting), MISSED);
    assertEquals(letters.toSorted(), ["a", "b", "c"]);
  });
});
