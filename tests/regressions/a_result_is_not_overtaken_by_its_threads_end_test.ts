/** What a thread sent before it ended is taken before its end is, however the two come to be noticed. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { program } from "../support/program.ts";

Deno.test("threads that end with their program are not told as lost: their results came first", async () => {
  for (let run = 0; run < 10; run++) {
    const { code, stdout, stderr } = await program("threads_left_to_end.ts");
    assertEquals(stderr, "", `run ${run}`);
    assertEquals(code, 0);
    assertEquals(stdout.trim().split("\n").length, 5);
  }
});
