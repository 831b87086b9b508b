/** Helps the tests of tasks: in virtual time a minute of waiting costs nothing, and what never ends is told as that. */
import { fail } from "@std/assert";
import { type Awaitable, run, TimeoutError, waitFor } from "@quartet/concurrency/asyncio";
import { VirtualClock } from "@quartet/concurrency/testing";

/** Runs `main` in a loop of its own, in virtual time. */
export async function virtually(main: () => Promise<void>): Promise<void> {
  using _clock = new VirtualClock();
  await run(main);
}

/** The result of work that has to end by itself; `why` says what is wrong when it does not. */
export async function ended<T>(work: Awaitable<T>, why: string): Promise<T> {
  try {
    return await waitFor(work, 60_000);
  } catch (error) {
    if (error instanceof TimeoutError) fail(why);
    throw error;
  }
}
