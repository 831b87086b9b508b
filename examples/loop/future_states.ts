/**
 * The states of a future, and what asking for the result does in each of them.
 *
 * Run:    deno run examples/loop/future_states.ts
 * Watch:  before the end `result()` does not wait, it throws InvalidStateError: `await` waits. A failure is thrown by
 *         `result()` and returned by `exception()`. Python's asyncio has no state "running", so that a task that has
 *         begun is still "pending" there; its concurrent.futures has it, and so have the tasks here.
 */
import { createTask, Future, run, sleep } from "@quartet/concurrency/asyncio";
import { show, thrownBy } from "../show.ts";

/** Asks a future both questions. */
async function ask(future: Future<unknown>): Promise<void> {
  const answer = async (question: () => unknown): Promise<string> => {
    try {
      return `returns ${String(question())}`;
    } catch {
      return `throws ${await thrownBy(question)}`;
    }
  };
  const result = await answer(() => future.result());
  const exception = await answer(() => future.exception());
  console.log(`${future.state.padEnd(10)} result() ${result}; exception() ${exception}`);
}

await run(async () => {
  const future = new Future<number>();
  await ask(future);
  future.setResult(42);
  await ask(future);
  show("a second setResult()", await thrownBy(() => future.setResult(43)));

  const failed = new Future<number>();
  failed.setException(new RangeError("too large"));
  await ask(failed);

  const cancelled = new Future<number>();
  cancelled.cancel("no longer wanted");
  await ask(cancelled);

  const task = createTask(() => sleep(10, "slept"));
  show("a task that was just made is", task.state);
  await sleep(0);
  await ask(task);
  show("await gives its result", await task);
  await ask(task);
});
