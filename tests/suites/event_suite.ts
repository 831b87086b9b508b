/** What every event promises, whoever implements it. */
import { assertEquals, assertRejects } from "@std/assert";
import { until } from "../support/until_waiting.ts";

type Maybe<T> = T | Promise<T>;

/** The part of an event that the suite looks at. */
export interface EventUnderTest {
  isSet(): Maybe<boolean>;
  set(): Maybe<void>;
  clear(): Maybe<void>;
  wait(options?: { timeout?: number; signal?: AbortSignal }): Promise<boolean>;
  statistics(): Maybe<{ readonly waiting: number }>;
}

/** Registers the tests for the events that `make` makes. */
export function eventSuite(name: string, make: () => Maybe<EventUnderTest>): void {
  const waiting = (event: EventUnderTest, n: number) =>
    until(async () => (await event.statistics()).waiting === n, `${n} waiting`);

  Deno.test(`${name}: set() and clear() may be repeated, isSet() follows`, async () => {
    const event = await make();
    assertEquals(await event.isSet(), false);
    await event.set();
    await event.set();
    assertEquals(await event.isSet(), true);
    await event.clear();
    await event.clear();
    assertEquals(await event.isSet(), false);
  });

  Deno.test(`${name}: wait() gives true at once when set, false when the timeout passes`, async () => {
    const event = await make();
    assertEquals(await event.wait({ timeout: 0 }), false);
    assertEquals(await event.wait({ timeout: 5 }), false);
    await event.set();
    assertEquals(await event.wait(), true);
    assertEquals(await event.wait({ timeout: 0 }), true);
  });

  Deno.test(`${name}: set() followed at once by clear() still wakes all waiters`, async () => {
    const event = await make();
    const waits = [1, 2, 3].map(() => event.wait());
    await waiting(event, 3);
    await event.set();
    await event.clear();
    assertEquals(await Promise.all(waits), [true, true, true]);
    assertEquals(await event.wait({ timeout: 1 }), false);
  });

  Deno.test(`${name}: an aborted wait rejects with the reason and leaves the line`, async () => {
    const event = await make();
    const controller = new AbortController();
    const wait = event.wait({ signal: controller.signal });
    await waiting(event, 1);
    controller.abort(new Error("enough"));
    await assertRejects(() => wait, Error, "enough");
    await waiting(event, 0);
  });
}
