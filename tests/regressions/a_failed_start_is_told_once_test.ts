// A thread that could not start was reported to whoever awaited it, and once more as a future that nobody looked at.
import "../support/leak_guard.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";

const script = new URL("../support/programs/forbidden_start.ts", import.meta.url).href;

async function run(how: string): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", script, how],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder();
  return { stdout: text.decode(stdout).trim(), stderr: text.decode(stderr) };
}

/** How often this package tells of a failure; the platform's own line about the worker begins with "error:". */
function reports(stderr: string): number {
  return stderr.split("\n").filter((line) => /^(Exception in|Future exception)/.test(line)).length;
}

Deno.test("a thread that may not start is told to whoever awaits its result, and to nobody else", async () => {
  const { stdout, stderr } = await run("result");
  assertEquals([stdout, reports(stderr)], ["BrokenExecutorError", 0], stderr);
});

Deno.test("a thread that may not start and that nobody awaits is told once", async () => {
  const { stderr } = await run("join");
  assertEquals(reports(stderr), 1, stderr);
  assertStringIncludes(stderr, "Exception in thread Thread-1");
});
