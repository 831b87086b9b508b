import "../support/leak_guard.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { installPerturber, type Perturber } from "../../src/core/perturbation.ts";
import { allocate, free } from "../../src/shared/memory/heap.ts";
import { park } from "../../src/shared/parking/park.ts";
import { parkAsync } from "../support/park_async.ts";
import { unpark } from "../../src/shared/parking/parking_lot.ts";

Deno.test("a perturber is asked before a park and after a wake, until it is taken away", async () => {
  let stalls = 0;
  const perturber: Perturber = { choose: () => 0, stall: () => void stalls++ };
  const word = allocate(1);
  assertStrictEquals(installPerturber(perturber), null);
  try {
    park(word, 1);
    assertEquals(stalls, 1);
    const woken = parkAsync(word, 0);
    unpark(word);
    assertEquals([await woken, stalls], ["woken", 2]);
  } finally {
    assertStrictEquals(installPerturber(null), perturber);
  }
  park(word, 1);
  assertEquals(stalls, 2);
  free(word, 1);
});
