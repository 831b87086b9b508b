/**
 * Bob and alice as tasks of a group: the block is left when both have ended, and if one fails the other is cancelled.
 *
 * Run:    deno run examples/same_program/tasks.ts
 * Watch:  0.3 s on one thread, and no task that outlives its block.
 */
import { run, sleep, type Task, TaskGroup } from "@quartet/concurrency/asyncio";

async function f(name: string, timeout: number): Promise<string> {
  await sleep(timeout);
  console.log("hello", name);
  return `${name} done!`;
}

await run(async () => {
  let bob: Task<string>, alice: Task<string>;
  {
    await using group = new TaskGroup();
    bob = group.createTask(() => f("bob", 300));
    alice = group.createTask(() => f("alice", 100));
  }
  console.log(bob.result());
  console.log(alice.result());
});
