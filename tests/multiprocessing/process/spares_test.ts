import "../../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { allEnded, letGoOfSpares } from "../../../src/core/parts.ts";
import {
  activeChildren,
  InvalidStateError,
  Pool,
  Process,
  setSpares,
} from "../../../src/multiprocessing/mod.ts";
import { leakGuard } from "../../../src/testing/mod.ts";
import { children, isAlive, killIfThere } from "../../support/children.ts";
import { program } from "../../support/program.ts";
import { spareTargets } from "../../support/targets/spare_targets.ts";
import { until } from "../../support/until_waiting.ts";

// Seen where this module runs, as the main one does in a process that needs it.
Object.assign(globalThis, { runsSparesTest: true });

/** Registers a test that ends without a spare. */
function test(name: string, fn: () => Promise<void> | void): void {
  Deno.test(name, async () => {
    try {
      await fn();
    } finally {
      setSpares(0);
      await allEnded();
    }
  });
}

/** Starts a process, and returns its number and what its target has returned. */
async function run<A extends unknown[], R>(
  target: (...args: A) => R,
  ...args: A
): Promise<{ pid: number; result: Awaited<R> }> {
  const process = new Process({ target, args }).start();
  const result = await process.result;
  await process.join();
  assertEquals(process.exitCode, 0);
  return { pid: process.pid!, result };
}

test("a process is one of the children kept ready, and another takes that one's place", async () => {
  setSpares(1);
  const used = new Set<number>();
  for (let i = 0; i < 3; i++) {
    await until(() => children().length === 1, "a spare");
    const [spare] = children();
    const { pid, result } = await run(spareTargets.uses);
    assertEquals(pid, spare);
    assertEquals(result, 1); // its modules are new
    used.add(pid);
  }
  assertEquals(used.size, 3);
});

test("as many children are kept ready as were asked for, and none when none are wanted", async () => {
  setSpares(3);
  assertEquals(children().length, 3);
  setSpares(1);
  await allEnded();
  assertEquals(children().length, 1);
  setSpares(0);
  await allEnded();
  assertEquals(children(), []);
  const { result } = await run(spareTargets.uses);
  assertEquals(result, 1);
  assertEquals(children(), []);
});

test("a spare is no active child, and nothing that the leak guard minds", async () => {
  const guard = leakGuard();
  setSpares(2);
  assertEquals(activeChildren(), []);
  assertEquals(await guard.leftovers(), []);
});

test("a spare is told what it is when it is used", async () => {
  setSpares(1);
  const [spare] = children();
  const process = new Process({ target: spareTargets.who, name: "late", daemon: true }).start();
  assertEquals(process.pid, spare);
  assertEquals(activeChildren(), [process]);
  assertEquals(await process.result, {
    name: "late",
    pid: spare!,
    daemon: true,
    parent: Deno.pid,
  });
  await process.join();
});

test("a spare runs no module that its process does not need", async () => {
  setSpares(1);
  const { result } = await run(() => "runsSparesTest" in globalThis);
  assertEquals(result, false);
});

test("a process of other permissions, and one that is to be fresh, is no spare of these", async () => {
  setSpares(1);
  const [spare] = children();
  const other = new Process({ target: () => 1, permissions: "none" }).start();
  const fresh = new Process({ target: () => 2, fresh: true }).start();
  assertEquals([await other.result, await fresh.result], [1, 2]);
  await Promise.all([other.join(), fresh.join()]);
  assert(other.pid !== spare && fresh.pid !== spare);
});

test("each kind of process gets spares of its own", async () => {
  setSpares(1);
  const start = () => new Process({ target: () => 1, permissions: "none" }).start();
  const first = start();
  await first.join();
  await until(() => children().length === 2, "a spare of each kind");
  const spares = children();
  const second = start();
  assert(spares.includes(second.pid!));
  assertEquals(await second.result, 1);
  await second.join();
});

test("a process sees the environment and the folder of the moment in which it was started", async () => {
  setSpares(1);
  const before = Deno.cwd();
  Deno.env.set("QUARTET_TEST_SPARE", "new");
  Deno.chdir("/");
  try {
    const { result } = await run(spareTargets.surroundings);
    assertEquals(result, { value: "new", folder: "/" });
  } finally {
    Deno.env.delete("QUARTET_TEST_SPARE");
    Deno.chdir(before);
  }
});

test("a spare that was killed is not used, and another can take its place", async () => {
  setSpares(1);
  const [spare] = children();
  killIfThere(spare!);
  await until(() => {
    setSpares(1); // another one, once it is noticed that there is none
    return children().some((pid) => pid !== spare);
  }, "another spare");
  const { pid, result } = await run(spareTargets.uses);
  assert(pid !== spare);
  assertEquals(result, 1);
});

test("a process whose spare is killed in the moment it is used ends as one that was killed", async () => {
  setSpares(1);
  const process = new Process({ target: spareTargets.spin }).start();
  process.kill();
  await process.join();
  assertEquals(process.exitCode, -9);
});

test("a spare that has hardly been started can be used, and let go of", async () => {
  setSpares(1);
  setSpares(0);
  setSpares(1);
  const { result } = await run(spareTargets.uses);
  assertEquals(result, 1);
});

test("the processes of a pool are children that were kept ready", async () => {
  setSpares(2);
  const spares = children();
  await using pool = new Pool({ processes: 2 });
  const pids = new Set(await pool.map(spareTargets.pid, [1, 2, 3, 4]));
  assert([...pids].every((pid) => spares.includes(pid)));
});

test("setSpares() refuses what is no such number", () => {
  for (const wrong of [-1, 1.5, NaN, Infinity, 65]) {
    assertThrows(() => setSpares(wrong), RangeError, "Cannot");
  }
  assertThrows(() => setSpares("2" as unknown as number), TypeError, "Cannot use count");
});

test("a daemonic process keeps no children ready", async () => {
  const process = new Process({ target: spareTargets.askForSpares, daemon: true }).start();
  assertEquals(await process.result, InvalidStateError.name);
  await process.join();
});

test("a program that starts processes one after another finds them started ahead; one that does not has none", async () => {
  const { code, stdout, stderr } = await program("spares.ts", "alike");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "0 0 1 true\n", stderr: "" });
});

test("a spare is not used by a program that has given up a permission since", async () => {
  const { code, stdout, stderr } = await program("spares.ts", "revoke");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "prompt\n", stderr: "" });
});

for (const how of ["end", "exit", "throw", "kill"]) {
  test(`no spare outlives its program: ${how}`, async () => {
    const { stdout } = await program("spares.ts", how);
    const pids = stdout.trim().split(" ").map(Number);
    assertEquals(pids.length, 2);
    await until(() => !pids.some(isAlive), "the end of the spares");
  });
}

test("what a test guard lets go of is started again when it is needed", async () => {
  setSpares(1);
  letGoOfSpares();
  await allEnded();
  assertEquals(children(), []);
  await run(spareTargets.uses);
  await until(() => children().length === 1, "a spare");
});
