/** Of a wait that has ended nothing is kept by what it waited for, and a failure that nobody looks at is told soon. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";

/** What the program counts, by kind. */
async function counted(program: string): Promise<[string, number][]> {
  const url = new URL(`../support/programs/${program}`, import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", url],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stderr)], [0, ""]);
  return Object.entries(JSON.parse(text.decode(stdout)));
}

Deno.test("a failure that nobody looks at is told while the program runs on, in whichever step it came", async () => {
  const left = await counted("lost_failures.ts");
  assertEquals(left.length, 11);
  for (const [what, untold] of left) assert(untold <= 2, `${what}: ${untold} were not told`);
});

Deno.test("waits that have ended are let go of by what they waited for", async () => {
  const left = await counted("waits_that_are_gone.ts");
  assertEquals(left.length, 19);
  // The machine's registers and the last step of a loop may hold one or two.
  for (const [what, alive] of left) assert(alive <= 3, `${what}: ${alive} alive`);
});

Deno.test("the arguments of calls that were made are let go of by the loop that runs on, in debug mode too", async () => {
  const left = await counted("calls_that_were_made.ts");
  assertEquals(left.length, 2);
  for (const [what, alive] of left) assert(alive <= 3, `${what}: ${alive} alive`);
});
