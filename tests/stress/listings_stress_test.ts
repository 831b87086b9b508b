/** Runs every listing again and again, several at once: the order must hold whatever the machine does. */
import "../support/leak_guard.ts";
import { pooledMap } from "@std/async";
import { checkOrder, exampleOf } from "../examples/check_listing.ts";
import { LISTINGS } from "../examples/listings.ts";
import { runExample } from "../examples/run_example.ts";

const ROUNDS = Number(Deno.env.get("STRESS_ROUNDS") ?? 5);

Deno.test(`every listing prints what CPython prints, ${ROUNDS} times on a busy machine`, async () => {
  const rows = LISTINGS.filter(({ sharedWith, orderByTime }) => !sharedWith && !orderByTime);
  const all = Array.from({ length: ROUNDS }, () => rows).flat();
  const running = pooledMap(8, all, async (listing) => {
    await checkOrder(listing, await runExample(exampleOf(listing), { timeout: 60_000 }));
  });
  await Array.fromAsync(running);
});
