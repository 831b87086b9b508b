import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Deadline } from "../../../src/core/deadline.ts";
import { allocate, free } from "../../../src/shared/memory/heap.ts";
import { load, store } from "../../../src/shared/memory/words.ts";
import { park } from "../../../src/shared/parking/park.ts";
import { parkAsync } from "../../support/park_async.ts";
import { parkedAt, unpark } from "../../../src/shared/parking/parking_lot.ts";
import { retireThread } from "../../../src/shared/thread/retirement.ts";
import { askToStop } from "../../../src/shared/thread/stop_word.ts";
import { rawThread } from "../../support/raw_thread.ts";
import { until } from "../../support/until_waiting.ts";

const soon = (): Deadline => Deadline.after(20);

Deno.test("park() is over at once when the word is another", () => {
  const word = allocate(1);
  store(word, 5);
  assertEquals(park(word, 4), "changed");
  free(word, 1);
});

Deno.test("park() is timedOut when the deadline passes, and leaves the line", () => {
  const word = allocate(1);
  assertEquals(park(word, 0, { deadline: soon() }), "timedOut");
  assertEquals(parkedAt(word), 0);
  assertEquals(unpark(word), 0);
  free(word, 1);
});

Deno.test("unpark() wakes blocked threads and returns how many", async () => {
  const word = allocate(1);
  const threads = [1, 2, 3].map(() => rawThread(({ park }, word) => park(word, 0), word));
  await until(() => parkedAt(word) === 3);
  assertEquals(unpark(word, 2), 2);
  await until(() => parkedAt(word) === 1);
  assertEquals(unpark(word), 1);
  assertEquals(await Promise.all(threads.map((each) => each.result)), ["woken", "woken", "woken"]);
  free(word, 1);
});

Deno.test("unpark() chooses in the order of arrival, promises and threads in one line", async () => {
  const word = allocate(1), order: string[] = [];
  const first = parkAsync(word, 0).then((how) => order.push(`promise ${how}`));
  const thread = rawThread(({ park }, word) => park(word, 0), word);
  await until(() => parkedAt(word) === 2);
  const last = parkAsync(word, 0).then((how) => order.push(`last ${how}`));
  unpark(word, 1);
  await first;
  assertEquals([order, parkedAt(word)], [["promise woken"], 2]);
  unpark(word, 1);
  assertEquals(await thread.result, "woken");
  assertEquals([order.length, parkedAt(word)], [1, 1]);
  unpark(word, 1);
  await last;
  assertEquals(order, ["promise woken", "last woken"]);
  free(word, 1);
});

Deno.test("unpark() at one address leaves those at others asleep", async () => {
  const words = Array.from({ length: 64 }, () => allocate(1));
  const waits = words.map((word) => parkAsync(word, 0));
  assertEquals(unpark(words[7]!), 1);
  assertEquals(await waits[7], "woken");
  assertEquals(words.map((word) => parkedAt(word)).filter((n) => n === 1).length, 63);
  for (const word of words) unpark(word);
  await Promise.all(waits);
  for (const word of words) free(word, 1);
});

Deno.test("unpark() settles the word while nobody can join the line", async () => {
  const word = allocate(1);
  const wait = parkAsync(word, 0);
  const seen: number[][] = [];
  unpark(word, 1, (chosen, thread) => {
    seen.push([chosen, thread]);
    store(word, 9);
  });
  assertEquals(await wait, "woken");
  assertEquals(load(word), 9);
  unpark(word, 1, (chosen, thread) => seen.push([chosen, thread]));
  assertEquals([seen.length, seen[0]![0], seen[1]], [2, 1, [0, 0]]);
  free(word, 1);
});

Deno.test("parkAsync() ends as aborted, timedOut and changed", async () => {
  const word = allocate(1);
  const controller = new AbortController();
  const wait = parkAsync(word, 0, { signal: controller.signal });
  controller.abort();
  assertEquals(await wait, "aborted");
  assertEquals(await parkAsync(word, 0, { signal: controller.signal }), "aborted");
  assertEquals(await parkAsync(word, 0, { deadline: soon() }), "timedOut");
  assertEquals(await parkAsync(word, 1), "changed");
  assertEquals(parkedAt(word), 0);
  free(word, 1);
});

Deno.test("a wait that is aborted after it was chosen counts as chosen", async () => {
  const word = allocate(1);
  const controller = new AbortController();
  const wait = parkAsync(word, 0, { signal: controller.signal });
  assertEquals(unpark(word, 1), 1);
  controller.abort();
  assertEquals(await wait, "woken");
  free(word, 1);
});

Deno.test("askToStop() ends a blocked wait at once, and every wait after it", async () => {
  const word = allocate(1);
  const thread = rawThread(({ park, stopAsked }, word) => {
    const first = park(word, 0);
    return [first, park(word, 0), stopAsked()];
  }, word);
  await until(() => parkedAt(word) === 1);
  askToStop(thread.id);
  assertEquals(await thread.result, ["stopped", "stopped", true]);
  free(word, 1);
});

Deno.test("askToStop() ends waits with promises, but not those that cannot be left", async () => {
  const word = allocate(4);
  const thread = rawThread(async ({ parkAsync, store }, word) => {
    const held = parkAsync(word + 1, 0, { unstoppable: true });
    store(word + 2, 1);
    const both = await Promise.all([parkAsync(word, 0), parkAsync(word, 0)]);
    store(word + 3, 1);
    return [...both, await held];
  }, word);
  await until(() => parkedAt(word) === 2);
  askToStop(thread.id);
  await until(() => load(word + 3) === 1);
  assertEquals(parkedAt(word + 1), 1);
  unpark(word + 1);
  assertEquals(await thread.result, ["stopped", "stopped", "woken"]);
  free(word, 4);
});

Deno.test("a stop asked for earlier work does not end the next", async () => {
  const word = allocate(2);
  const thread = rawThread(({ park, beginEpoch, load, stopAsked }, word) => {
    beginEpoch(7);
    park(word, 0);
    const asked = stopAsked();
    beginEpoch(8);
    return [asked, stopAsked(), park(word + 1, 1), load(word)];
  }, word);
  await until(() => parkedAt(word) === 1);
  askToStop(thread.id, 7);
  assertEquals(await thread.result, [true, false, "changed", 0]);
  free(word, 2);
});

Deno.test("retireThread() passes on the wake-up of a wait that died in the moment it was chosen", async () => {
  const word = allocate(2);
  // The thread does not come back to its event loop after it was chosen, and closes itself then: it never knows.
  const thread = rawThread(({ park, parkAsync }, word) => {
    parkAsync(word, 0);
    park(word + 1, 0);
  }, word);
  await until(() => parkedAt(word) === 1 && parkedAt(word + 1) === 1);
  const next = parkAsync(word, 0, { deadline: Deadline.after(60_000) });
  assertEquals(unpark(word, 1), 1);
  unpark(word + 1);
  await thread.result; // it is retired then; a second time does no harm
  retireThread(thread.id);
  assertEquals(await next, "woken");
  free(word, 2);
});

Deno.test("a wait for what a thread owns ends as orphaned when that thread has ended", async () => {
  const word = allocate(2);
  const thread = rawThread(({ park, store, myThread }, word) => {
    store(word, myThread() << 1);
    park(word + 1, 0);
  }, word);
  await until(() => parkedAt(word + 1) === 1);
  const held = load(word);
  const wait = parkAsync(word, held, { owner: word });
  unpark(word + 1);
  await thread.result;
  assertEquals(await wait, "orphaned");
  assertEquals(await parkAsync(word, held, { owner: word }), "orphaned");
  assertEquals(park(word, held, { owner: word }), "orphaned");
  free(word, 2);
});
