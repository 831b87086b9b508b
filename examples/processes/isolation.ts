/**
 * A process has its own memory, a thread shares what it is given, and what processes share has to be asked for.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/processes/isolation.ts
 * Watch:  the variable of this module is another one in the process, which loads the module again; nothing that
 *         happens there can be seen or disturbed here. In Python a thread would change the variable itself; here
 *         threads share no variables either, only what is made for it. Value and Array between processes are as old
 *         as the module (Python 2.6); what Python 3.8 added is `shared_memory`, bytes without a type.
 */
import { portable, Process, Value } from "@quartet/concurrency/multiprocessing";
import { SharedArray, Thread } from "@quartet/concurrency/threading";
import { show } from "../show.ts";

let counter = 0;

const count = portable(import.meta, async function count(shared: Value | null): Promise<number> {
  counter++;
  if (shared) await shared.add(1);
  return counter;
});

const write = portable(import.meta, function write(array: SharedArray): void {
  array.set(0, 7);
});

/** The number of the process in which it runs. */
const whoAmI = portable(import.meta, function whoAmI(): number {
  return Deno.pid;
});

if (import.meta.main) {
  show(
    "the process counts in its own variable to",
    await new Process({ target: count, args: [null] }).start().result,
  );
  show("and the variable here is", counter);

  const shared = new Value(0);
  const two = [1, 2].map(() => new Process({ target: count, args: [shared] }).start());
  for (const process of two) await process.join();
  show("a Value is shared: two processes counted to", await shared.get());

  const array = new SharedArray(1);
  await new Thread({ target: write, args: [array] }).start().join();
  show("a SharedArray is shared with a thread: it wrote", array.get(0));

  const pids = new Set([Deno.pid]);
  for (let i = 0; i < 2; i++) pids.add(await new Process({ target: whoAmI }).start().result);
  show("a program starts as one process; with two more there are", pids.size);
}
