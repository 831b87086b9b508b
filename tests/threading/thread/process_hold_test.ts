import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";

const script = new URL("../../support/targets/daemon_script.ts", import.meta.url);

/** Runs the script; its daemon would hold it for a minute. */
async function output(how: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", script.href, how],
    signal: AbortSignal.timeout(120_000),
  }).output();
  assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, { code: 0, stderr: "" });
  return new TextDecoder().decode(stdout);
}

Deno.test("a daemon thread ends with the program, in the middle of what it does", async () => {
  assertEquals(await output("none"), "end\n");
});

Deno.test("a daemon thread whose join timed out does not hold the program either", async () => {
  assertEquals(await output("join"), "end\n");
});

Deno.test("a daemon thread whose result is awaited gets the time for it", async () => {
  assertEquals(await output("result"), "rested\nend\n");
});
