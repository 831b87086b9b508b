/** Waits for what never comes: the run ends with a DeadlockError, and its tasks clean up. */
import * as aio from "../../../src/asyncio/mod.ts";

async function main(): Promise<void> {
  try {
    await aio.run(async () => {
      const never = new aio.Event();
      aio.createTask(async () => {
        try {
          await never.wait();
        } finally {
          console.log("cleaned up");
        }
      }, { name: "sleeper" });
      await new aio.Queue<number>().get();
    });
  } catch (error) {
    console.log(error instanceof aio.DeadlockError, String(error));
  }
}

// Not awaited: under top-level await Deno ends the program itself.
void main();
