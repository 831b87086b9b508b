/** The main program waits for a greenlet that waits for what never comes. */
import * as gevent from "../../../src/gevent/mod.ts";

async function main(): Promise<void> {
  const never = new gevent.Event();
  const waiter = gevent.spawn(() => never.wait());
  try {
    await waiter.join();
  } catch (error) {
    console.log(error instanceof gevent.LoopExit, String(error));
  }
  never.set();
  console.log(await waiter.get());
}

void main();
