/**
 * A worker that idles holds no program, since its pool may have been forgotten. A call to every worker that came then
 * took that back for none: the program ended in the middle of it, and said nothing.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { program } from "../support/program.ts";

for (const kind of ["threads", "processes"]) {
  Deno.test(`${kind}: a program waits for a broadcast over workers that rest, and ends after it`, async () => {
    const { code, stdout, stderr } = await program("rested_broadcast.ts", kind);
    assertEquals([code, stdout, stderr], [0, "1 [ 5, 5 ]\n2 [ 5, 5 ]\n", ""]);
  });
}
