/**
 * One of three fails: what `gather` does, what the other two do, and what a group does instead.
 *
 * Run:    deno run examples/loop/failing_gather.ts
 * Watch:  `gather` throws the first failure at once, and the others run on: nobody stops them. With
 *         `returnExceptions` the failures stand in the list, in the place of results; only then. A TaskGroup cancels
 *         the others and waits for their end before it throws.
 */
import { CancelledError, Event, gather, run, sleep, TaskGroup } from "@quartet/concurrency/asyncio";
import { failureOf, show, thrownBy } from "../show.ts";

/** Three coroutines: the second fails; the last ends when it is allowed to. */
function three(end: Event, log: string[]): (() => Promise<string>)[] {
  return [
    async () => await sleep(1, "first"),
    async () => {
      await sleep(5);
      throw new RangeError("the second fails");
    },
    async () => {
      try {
        await end.wait();
      } catch (error) {
        if (error instanceof CancelledError) log.push("the third was cancelled");
        throw error;
      }
      log.push("the third ran to its end");
      return "third";
    },
  ];
}

await run(async () => {
  const [end, log] = [new Event(), [] as string[]];
  show("gather throws the first failure", await failureOf(() => gather(...three(end, log))));
  show("at that moment the log of the third is", log);
  end.set();
  await sleep(5);
  show("it was not stopped", log);

  const results = await gather(...three(end, log), { returnExceptions: true });
  show("with returnExceptions, in the order of the arguments", results.map(String));

  const [never, seen] = [new Event(), [] as string[]];
  const failure = await thrownBy(async () => {
    await using group = new TaskGroup();
    for (const each of three(never, seen)) group.createTask(each);
  });
  show("a TaskGroup throws", failure);
  show("but first it has cancelled the others", seen);
});
