import "../../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { InvalidStateError, ProcessExitedError, StoppedError } from "../../../src/core/errors.ts";
import {
  activeChildren,
  cpuCount,
  currentProcess,
  getAllStartMethods,
  parentProcess,
  Pool,
  portableModule,
  Process,
  setSpares,
  setStartMethod,
} from "../../../src/multiprocessing/mod.ts";
import { ThreadPoolExecutor } from "../../../src/futures/mod.ts";
import { allEnded } from "../../../src/core/parts.ts";
import { Misfortune, targets } from "../../support/targets/process_targets.ts";

/** Registers a test for both ways in which a process starts. */
function test(name: string, fn: () => void | Promise<void>): void {
  for (const [way, spares] of [["a new child", 0], ["a spare", 1]] as const) {
    Deno.test(`${name} (${way})`, async () => {
      setSpares(spares);
      try {
        await fn();
      } finally {
        setSpares(0);
        await allEnded();
      }
    });
  }
}

test("Process runs its target in another process and gives its result", async () => {
  const process = new Process({ target: targets.who, name: "worker bee" });
  assertEquals([process.pid, process.exitCode, process.isAlive], [null, null, false]);
  process.start();
  assertEquals([process.isAlive, process.exitCode], [true, null]);
  assert(activeChildren().some((child) => child.pid === process.pid));
  const { name, pid, parent, daemon } = await process.result;
  assertEquals({ name, pid, parent, daemon }, {
    name: "worker bee",
    pid: process.pid as number,
    parent: Deno.pid,
    daemon: false,
  });
  await process.join();
  assertEquals([process.isAlive, process.exitCode], [false, 0]);
  assertEquals(activeChildren(), []);
});

test("Process names itself Process-N", () => {
  assert(/^Process-\d+$/.test(new Process({ target: targets.square, args: [1] }).name));
});

test("Process.result rejects with the target's error, its class, fields and cause", async () => {
  const process = new Process({ target: targets.fail }).start();
  const error = await assertRejects(() => process.result, Misfortune, "it rained");
  assertEquals([error.day, error.cause], ["Friday", { wet: true }]);
  await process.join();
  assertEquals(process.exitCode, 1);
});

test("Process.exitCode is what the target exited with", async () => {
  const process = new Process({ target: targets.exit, args: [3] }).start();
  const error = await assertRejects(() => process.result, ProcessExitedError);
  assertEquals(error.exitCode, 3);
  await process.join();
  assertEquals(process.exitCode, 3);
});

test("Process.terminate() and kill() end also what never returns", async () => {
  const [first, second] = [1, 2].map(() => new Process({ target: targets.spin }).start());
  await first!.join({ timeout: 30 });
  assert(first!.isAlive);
  first!.terminate();
  second!.kill();
  await Promise.all([first!.join(), second!.join()]);
  assertEquals([first!.exitCode, second!.exitCode], [-15, -9]);
  const error = await assertRejects(() => second!.result, ProcessExitedError);
  assertEquals([error.exitCode, error.signal], [-9, "SIGKILL"]);
});

test("Process.stop() reaches a loop that calls checkpoint()", async () => {
  await using process = new Process({ target: targets.spinPolitely }).start();
  await process.join({ timeout: 60 });
  process.stop();
  await assertRejects(() => process.result, StoppedError);
});

test("Process fails with an uncaught error of its child as the cause", async () => {
  const process = new Process({ target: targets.throwLater }).start();
  const error = await assertRejects(() => process.result, ProcessExitedError);
  assertInstanceOf(error.cause, RangeError);
  await process.join();
  assertEquals(process.exitCode, 1);
});

test("Process ends when its target has answered, whatever timers are left", async () => {
  const process = new Process({ target: targets.leaveTimersBehind }).start();
  assertEquals(await process.result, "done");
  await process.join();
  assertEquals(process.exitCode, 0);
});

test("Process refuses what does not fit its state", async () => {
  const process = new Process({ target: targets.square, args: [2] });
  await assertRejects(() => process.join(), InvalidStateError, "not started");
  assertThrows(() => process.terminate(), InvalidStateError);
  process.start();
  assertThrows(() => process.start(), InvalidStateError, "started once");
  assertThrows(() => process.daemon = true, InvalidStateError);
  assertThrows(() => process.close(), InvalidStateError, "still running");
  await process.result;
  await process.join();
  process.close();
  process.close();
  assertThrows(() => process.isAlive, InvalidStateError, "closed");
  assertThrows(() => new Process({ target: 5 as unknown as () => void }), TypeError);
});

test("Process gives its child what the environment option says", async () => {
  await using process = new Process({
    target: targets.env,
    args: ["QUARTET_TEST"],
    env: { QUARTET_TEST: "yes" },
  }).start();
  assertEquals(await process.result, "yes");
});

test("Process gives its child no input, and the parent's arguments", async () => {
  const input = new Process({ target: targets.inputIsEmpty }).start();
  const args = new Process({ target: targets.args }).start();
  assertEquals(await input.result, true);
  assertEquals(await args.result, Deno.args);
  await Promise.all([input.join(), args.join()]);
});

test("Process can start processes of its own, a daemonic one cannot", async () => {
  const parent = new Process({ target: targets.startChild, name: "P" }).start();
  assertEquals(await parent.result, "P:1 9");
  await parent.join();
  const daemon = new Process({ target: targets.startChild, daemon: true }).start();
  await assertRejects(() => daemon.result, InvalidStateError, "daemonic");
  await daemon.join();
});

test("Process refuses a target whose module starts processes when it is imported", async () => {
  const url = new URL("../../support/targets/unguarded_start.ts", import.meta.url).href;
  const { early, nothing } = portableModule<{ nothing(): void; early(): number }>(url);
  for (const target of [early, nothing]) {
    await using process = new Process({ target }).start();
    await assertRejects(() => process.result, InvalidStateError, "import.meta.main");
  }
});

test("currentProcess() is the main process here, with no parent", () => {
  assertEquals(currentProcess().name, "MainProcess");
  assertEquals(parentProcess(), null);
  assert(cpuCount() >= 1);
});

test("the only start method is spawn", () => {
  assertEquals(getAllStartMethods(), ["spawn"]);
  assertThrows(() => setStartMethod("fork"), RangeError, 'Cannot find context for "fork"');
});

test("Process and pools refuse environment variables that are none", async () => {
  const wrong: [unknown, string][] = [
    [5, "env 5"],
    ["A=1", 'env "A=1"'],
    [["A"], "env an array"],
    [{ A: 1 }, 'env "A": 1'],
    [{ A: "a\0" }, 'env "A"'],
    [{ "A=B": "" }, 'env "A=B"'],
    [{ "": "" }, 'env ""'],
  ];
  for (const [value, shown] of wrong) {
    const env = value as Record<string, string>;
    assertThrows(() => new Process({ target: targets.env, env }).start(), TypeError, shown);
    await using pool = new Pool({ processes: 1, env });
    await assertRejects(() => pool.apply(targets.env, ["A"]), TypeError, shown);
  }
  assertEquals(activeChildren(), []);
});

test("a pool refuses arguments of its initializer that are no list", () => {
  const options = { initializer: targets.env, initargs: "A" as never };
  assertThrows(() => new Pool(options), TypeError, 'initargs "A"');
  assertThrows(() => new ThreadPoolExecutor(options), TypeError, 'initargs "A"');
});
