/** The examples outside of this checkout: copied to a folder of one's own, with the package from JSR. */
import "../support/leak_guard.ts";
import { JsrRegistry } from "../support/jsr_registry.ts";
import { checkOrder, exampleOf } from "./check_listing.ts";
import { LISTINGS } from "./listings.ts";
import { ROOT, runExample } from "./run_example.ts";

/** One of each kind: generators, threads, processes, asyncio. */
const CHOSEN = [5, 13, 19, 31];

Deno.test("an example runs where it is copied to, with the package from JSR", async () => {
  await using registry = await JsrRegistry.start();
  const folder = await Deno.makeTempDir({ prefix: "quartet-course-" });
  try {
    const imports = { "@quartet/concurrency": "jsr:@quartet/concurrency@^0.1" };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
    await Deno.mkdir(`${folder}/examples/listings`, { recursive: true });
    const env = { JSR_URL: registry.url, DENO_DIR: `${folder}/cache` };
    for (const number of CHOSEN) {
      const listing = LISTINGS[number - 1]!;
      const path = exampleOf(listing);
      await Deno.copyFile(new URL(path, ROOT), `${folder}/${path}`);
      await checkOrder(listing, await runExample(path, { cwd: folder, env }));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
