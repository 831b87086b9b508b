/** Work that fails and that nobody looks at: says, for each kind, how much was told of while the program runs on. */
import * as aio from "../../../src/asyncio/mod.ts";
import { AsyncExecutor, Future } from "../../../src/futures/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import { setUnretrievedReporter } from "../../../src/core/unretrieved.ts";

declare const gc: () => void;

const COUNT = 20;
let told = 0;

function fail(): never {
  throw new RangeError("lost", { cause: new TypeError("the cause") });
}

/** Begins one piece of work that fails, and lets go of it. */
const ways: Record<string, () => unknown> = {
  "task, in its first step": () => aio.createTask(fail),
  "task of an async function, in its first step": () =>
    aio.createTask(() => Promise.resolve(fail())),
  "task, in a later step": () =>
    aio.createTask(async () => {
      await aio.sleep(0);
      fail();
    }),
  "generator, in its first step": () =>
    // deno-lint-ignore require-yield -- it fails before it waits
    aio.createTask(function* () {
      fail();
    }),
  "generator, in a later step": () =>
    aio.createTask(function* () {
      yield* aio.sleep(0);
      fail();
    }),
  "task of a task": () => aio.createTask(() => aio.createTask(fail)),
  "group in a task": () =>
    aio.createTask(() =>
      aio.TaskGroup.run((group) => {
        group.createTask(fail);
      })
    ),
  "shield that was cancelled": () => aio.shield(aio.createTask(fail)).cancel(),
  "greenlet": () => gevent.spawn(fail),
  "future": () => new Future<void>().setException(new RangeError("lost")),
  "job": () => {
    executor.submit(fail);
  },
};

const executor = new AsyncExecutor();
setUnretrievedReporter(() => void told++);
const left: Record<string, number> = {};
await aio.run(async () => {
  aio.getRunningLoop().setExceptionHandler(() => void told++);
  for (const [name, begin] of Object.entries(ways)) {
    told = 0;
    for (let i = 0; i < COUNT; i++) begin();
    for (let round = 0; round < 40 && told < COUNT; round++) {
      await aio.sleep(2);
      gc();
    }
    left[name] = COUNT - told;
  }
});
await executor.shutdown();
console.log(JSON.stringify(left));
