import { assertEquals } from "@std/assert";
import { Barrier, Thread, Value } from "@quartet/concurrency/threading";
import { load } from "./load.ts";

const { gate } = await load<typeof import("../solutions/01_torn_counter.ts")>("01_torn_counter");

Deno.test("three gates let in a hundred visitors each, and none is forgotten", async () => {
  const opening = new Barrier(3), visitors = new Value(0);
  const gates = [1, 2, 3].map(() =>
    new Thread({ target: gate, args: [opening, visitors, 100] }).start()
  );
  for (const each of gates) await each.result;
  assertEquals(visitors.get(), 300);
});
