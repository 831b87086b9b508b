/**
 * Loads the stress tests, which plain `deno test` leaves out: `deno task test:stress [part of a name]…`.
 *
 * Each prints its seed; `SEED=N` runs it again with that seed.
 */
import "../support/leak_guard.ts";

const names = [...Deno.readDirSync(new URL(".", import.meta.url))].map((entry) => entry.name)
  .filter((name) => name.endsWith("_stress_test.ts"))
  .filter((name) => Deno.args.length === 0 || Deno.args.some((part) => name.includes(part)))
  .sort();
if (names.length === 0) {
  throw new RangeError(
    `Cannot run ${Deno.args.join()}: no stress test has that in its name; see tests/stress`,
  );
}
for (const name of names) await import(new URL(name, import.meta.url).href);
