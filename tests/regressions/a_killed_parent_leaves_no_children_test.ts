// A child that came over loopback went on spinning when its parent had been killed, and one that was just starting complained.
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { until } from "@quartet/concurrency/testing";
import { isAlive } from "../support/children.ts";

const script = new URL("../support/programs/forsaken.ts", import.meta.url).href;
const linux = { ignore: Deno.build.os !== "linux" };

function parent(): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run", "--allow-net", script],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function childrenOf(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean)
    .map(Number);
}

Deno.test("children over loopback end with their parent that is killed", linux, async () => {
  const program = parent();
  const reader = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (said.split("\n").length < 3) said += (await reader.read()).value ?? "";
  const pids = said.trim().split("\n").map(Number);
  assert(pids.every(isAlive));
  program.kill("SIGKILL");
  await until(() => !pids.some(isAlive));
  await reader.cancel();
  await program.stderr.cancel();
  await program.status;
});

Deno.test(
  "children whose parent is killed while they start end without a word",
  linux,
  async () => {
    for (let ms = 0; ms < 60; ms += 6) {
      const program = parent();
      const collected = new Response(program.stderr).text();
      await until(() => childrenOf(program.pid).length === 2);
      const pids = childrenOf(program.pid);
      await new Promise((resolve) => setTimeout(resolve, ms));
      program.kill("SIGKILL");
      await until(() => !pids.some(isAlive));
      await program.stdout.cancel();
      await program.status;
      assertEquals(await collected, "");
    }
  },
);
