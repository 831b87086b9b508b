/** Holds one run of a listing against its golden output. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Listing } from "./listings.ts";
import { sameLines } from "./order_rules.ts";
import type { ExampleRun } from "./run_example.ts";

/** The example that shows `listing`, from the project's folder. */
export function exampleOf(listing: Listing): string {
  return `examples/listings/${listing.sharedWith ?? listing.name}.ts`;
}

/** Fails if the text is not the golden one, or the order rule does not hold. */
export async function checkOrder(listing: Listing, run: ExampleRun): Promise<void> {
  assertEquals(run.code, 0, `exit code ${run.code}\n${run.text}\n${run.stderr}`);
  if (listing.correction) assertMatch(run.stderr, listing.correction);
  else assertEquals(run.stderr, "", "nothing on stderr");
  const golden = await Deno.readTextFile(
    new URL(`../golden/${listing.name}.txt`, import.meta.url),
  );
  const text = listing.normalise ? run.text.replace(...listing.normalise) : run.text;
  if (listing.order === undefined) return assertEquals(text, golden);
  const [lines, expected] = [text, golden].map((each) => each.split("\n").filter(Boolean));
  if (listing.sameLines !== false) {
    assert(sameLines(lines!, expected!), `other lines than CPython's:\n${text}`);
  }
  assert(listing.order(lines!, run.text), `order rule broken:\n${text}`);
}
