/** Runs a coroutine in a loop of its own, in virtual time: sleeps cost nothing. */
import { type Awaitable, run } from "../../src/asyncio/mod.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

/** The body of a test that runs `main`. */
export function virtually<T>(main: Awaitable<T>): () => Promise<void> {
  return async () => {
    using _clock = new VirtualClock();
    await run(main);
  };
}
