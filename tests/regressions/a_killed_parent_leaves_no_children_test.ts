// A child that came over loopback went on spinning when its parent had been killed, and one that was just starting complained.
// One that never looks went on for good where its parent might not read the program that has the kernel end it.
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { until } from "@quartet/concurrency/testing";
import { parentGuard } from "../../src/multiprocessing/process/parent_guard.ts";
import { isAlive, killIfThere } from "../support/children.ts";

const script = new URL("../support/programs/forsaken.ts", import.meta.url).href;
const linux = { ignore: Deno.build.os !== "linux" };
const guarded = { ignore: parentGuard().length === 0 };

/** What the guard in the kernel is set up by; without leave to run it there is none. */
const UNGUARDED = "--deny-run=/usr/bin/setpriv";

function parent(...flags: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run", "--allow-net", UNGUARDED, ...flags, script],
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

const endless = new URL("../support/programs/endless_children.ts", import.meta.url).href;

/** Runs a program whose `children`, and those that they start, compute on and on; has it end so, and waits until all are gone. */
async function endsAll(
  how: string,
  children: readonly string[],
  ...flags: string[]
): Promise<void> {
  const program = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-run",
      "--allow-net",
      ...flags,
      endless,
      how,
      ...children,
    ],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const count = children.length + children.filter((child) => child === "parent").length;
  let said = "";
  while (said.split("\n").length <= count) said += (await reader.read()).value ?? "";
  const pids = said.trim().split("\n").map(Number);
  try {
    assert(pids.length === count && pids.every(isAlive), said);
    if (how.startsWith("SIG")) program.kill(how as Deno.Signal);
    const writer = program.stdin.getWriter();
    await writer.write(new Uint8Array(1)).catch(() => {}); // it may have ended already
    await writer.abort().catch(() => {});
    await program.status;
    await until(() => !pids.some(isAlive));
  } finally {
    pids.filter(isAlive).forEach(killIfThere);
    await reader.cancel();
  }
}

const ENDS = ["exit", "top", "uncaught", "rejection", "SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"];

for (const how of ENDS) {
  Deno.test(`children that never look end with their parent: ${how}`, guarded, async () => {
    const children = ["child", "daemon", "parent"];
    await endsAll(how, children);
    await endsAll(how, children, "--allow-read");
  });
}

Deno.test(
  "children that never look end by Deno.exit() also where no kernel guards them",
  linux,
  async () => {
    await endsAll("exit", ["child", "daemon"], UNGUARDED);
  },
);
