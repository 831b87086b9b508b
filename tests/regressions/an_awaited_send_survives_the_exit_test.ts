/** What was sent and awaited is with the system: the sender may end itself at once. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { program } from "../support/program.ts";

Deno.test("a child that sends, awaits it and calls Deno.exit() loses nothing", async () => {
  const { stdout, stderr, code } = await program("send_then_exit.ts");
  assertEquals([stdout, stderr, code], ["all arrived\n", "", 0]);
});
