/** A program of its own: starts a child that sleeps, one that spins, and one with a child; says their numbers. */
import { Process, Queue } from "../../../src/multiprocessing/mod.ts";
import { targets } from "./process_targets.ts";

if (import.meta.main) {
  const pids = new Queue<number>();
  const sleeper = new Process({ target: targets.sleepForever }).start();
  const spinner = new Process({ target: targets.sayAndSpin, args: [pids] }).start();
  const family = new Process({ target: targets.spinWithChild, args: [pids, true] }).start();
  await pids.get();
  const grandchild = await pids.get();
  const all = [sleeper.pid, spinner.pid, family.pid, grandchild];
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(all)}\n`));
  await sleeper.join();
}
