/** The bundled scripts stand in the repository; they must be those that their sources make. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ASSETS, assetUrl, sourceHash } from "../../../.ci/bundle.ts";
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from "../../../src/compare/assets/page_script.js";

for (const asset of ASSETS) {
  Deno.test(`${asset.file} is up to date with its sources (else: deno task bundle)`, async () => {
    const [header] = Deno.readTextFileSync(assetUrl(asset)).split("\n", 1);
    assertStringIncludes(header!, `sources ${await sourceHash(asset)}`);
  });
}

Deno.test("a page allows the script that is in it, which cannot end its element", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(PAGE_SCRIPT));
  assertEquals(new Uint8Array(digest).toBase64(), PAGE_SCRIPT_HASH);
  assert(!/<\/?script|<!--/i.test(PAGE_SCRIPT));
});
