/** Waits for an item from a process that fails; given `quiet`, failures that somebody asks for, and one that was asked to stop. */
import { checkpoint, portable, Process, Queue } from "@quartet/concurrency/multiprocessing";

const { fail, spin } = portable(import.meta, {
  fail(): never {
    throw new RangeError("the reason");
  },
  spin(): never {
    while (true) checkpoint();
  },
});

if (import.meta.main) {
  if (Deno.args[0] === "quiet") {
    const asked = new Process({ target: fail }).start();
    asked.result.catch((error: Error) => console.log(error.message));
    await asked.join();
    const late = new Process({ target: fail }).start();
    await late.join();
    await late.result.catch((error: Error) => console.log(error.message));
    const stopped = new Process({ target: spin }).start();
    stopped.stop();
    await stopped.join();
  } else {
    new Process({ target: fail, name: "silent" }).start();
    await new Queue().get();
  }
}
