import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import {
  Event,
  findDeadlocks,
  Lock,
  Process,
  Semaphore,
} from "../../../src/multiprocessing/mod.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("findDeadlocks() names processes that block each other, and none when they are gone", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const one = new Lock(), other = new Lock(), ready = new Semaphore(0), go = new Event();
  const start = (first: Lock, second: Lock) =>
    new Process({ target: targets.takeBoth, args: [first, second, ready, go] }).start();
  const children = [start(one, other), start(other, one)];
  await ready.acquire();
  await ready.acquire();
  assertEquals(findDeadlocks(), []);
  await go.set();
  await until(() => findDeadlocks().length > 0, "they block each other");
  const [{ waits, message }, ...more] = findDeadlocks() as [ReturnType<typeof findDeadlocks>[0]];
  assertEquals(more, []);
  const pids = children.map(({ pid }) => pid!).sort();
  assertEquals(waits.map(({ pid }) => pid).sort(), pids);
  assertEquals(waits.map(({ heldBy }) => heldBy!).sort(), pids);
  assertEquals(waits.map((wait) => wait.for), ["Lock", "Lock"]);
  assert(message.startsWith("Deadlock: these processes wait for each other\n"), message);
  children[0]!.kill();
  await children[1]!.result; // it takes over what the dead held
  await Promise.all(children.map((child) => child.join()));
  assertEquals(findDeadlocks(), []);
  // The killed had it, and the other kept it until its end.
  assertEquals(await one.statistics(), { locked: false, waiting: 0, abandoned: 2 });
});
