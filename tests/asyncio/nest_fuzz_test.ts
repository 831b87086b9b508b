/** Random nests of groups, scopes, timeouts and shields under random cancels: all end, nothing stays held. The seed is printed when one fails. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { VirtualClock } from "../../src/testing/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";

const SEEDS = 120;

type Pick = (below: number) => number;
type Work = () => Promise<unknown>;

/** What work may be made of: each takes what is inside of it from `inner`. */
const nests: Record<string, (inner: () => Work, pick: Pick, lock: aio.Lock) => Work> = {
  group: (inner, pick) => {
    const [one, other, block] = [inner(), inner(), inner()];
    const [fails, cancels, when] = [pick(4) === 0, pick(4) === 0, pick(30)];
    return async () =>
      await aio.TaskGroup.run(async (group) => {
        group.createTask(one);
        group.createTask(other);
        if (cancels) aio.getRunningLoop().callLater(when, () => group.cancel());
        await block();
        if (fails) throw new RangeError("block");
      });
  },
  usingGroup: (inner, pick) => {
    const [one, other, block] = [inner(), inner(), inner()];
    const [cancels, when] = [pick(4) === 0, pick(30)];
    return async () => {
      await using group = new aio.TaskGroup();
      group.createTask(one);
      group.createTask(other);
      if (cancels) aio.getRunningLoop().callLater(when, () => group.cancel());
      await block();
    };
  },
  start: (inner) => {
    const [before, after] = [inner(), inner()];
    return async () =>
      await aio.TaskGroup.run(async (group) => {
        await group.start(async (started) => {
          await before();
          started();
          await after();
        });
      });
  },
  timeout: (inner, pick) => {
    const [fn, delay] = [inner(), pick(30)];
    return async () => await aio.timeout(delay, fn);
  },
  usingTimeout: (inner, pick) => {
    const [fn, delay] = [inner(), pick(30)];
    return async () => {
      await using _bound = aio.timeout(delay);
      await fn();
    };
  },
  moveOnAfter: (inner, pick) => {
    const [fn, delay] = [inner(), pick(30)];
    return async () => await aio.moveOnAfter(delay, fn);
  },
  failAfter: (inner, pick) => {
    const [fn, delay] = [inner(), pick(30)];
    return async () => await aio.failAfter(delay, fn);
  },
  shield: (inner, pick) => {
    const [fn, delay] = [inner(), pick(60)];
    return async () => {
      const deadline = aio.getRunningLoop().time() + delay;
      return await new aio.CancelScope({ shield: true, deadline }).run(fn);
    };
  },
  gather: (inner, pick) => {
    const [one, other, returnExceptions] = [inner(), inner(), pick(2) === 0];
    return async () => await aio.gather(one, other, { returnExceptions });
  },
  waitFor: (inner, pick) => {
    const [fn, delay] = [inner(), pick(30)];
    return async () => await aio.waitFor(fn, delay);
  },
  cleanUp: (inner) => {
    const [fn, clean] = [inner(), inner()];
    return async () => {
      try {
        await fn();
      } finally {
        await clean();
      }
    };
  },
  generator: (inner) => {
    const fn = inner();
    return async () =>
      await aio.createTask(function* () {
        try {
          return yield* aio.TaskGroup.run(fn);
        } finally {
          yield* aio.sleep(1);
        }
      });
  },
  cancelsItself: (inner) => {
    const fn = inner();
    return async () => {
      aio.currentTask()!.cancel("itself");
      await fn();
    };
  },
  ring: (inner) => {
    const fn = inner();
    return async () => {
      const me = aio.currentTask()!;
      const waiter = aio.createTask(async () => await me);
      try {
        await fn();
        await aio.sleep(1);
      } finally {
        waiter.cancel();
      }
    };
  },
  sleep: (_inner, pick) => {
    const delay = pick(30);
    return async () => await aio.sleep(delay);
  },
  failing: () => async () => {
    await aio.sleep(0);
    throw new RangeError("child");
  },
  locked: (_inner, pick, lock) => {
    const delay = pick(30);
    return async () => {
      using _held = await lock.acquire();
      await aio.sleep(delay);
    };
  },
};

const kinds = Object.keys(nests);
const leaves = ["sleep", "failing", "locked"];

function nest(pick: Pick, lock: aio.Lock, depth: number): Work {
  const among = depth === 0 ? leaves : kinds;
  return nests[among[pick(among.length)]!]!(() => nest(pick, lock, depth - 1), pick, lock);
}

Deno.test("groups, scopes, timeouts and shields in each other end under random cancels", async () => {
  const { random: pick, seed } = seededRandom();
  for (let round = 0; round < SEEDS; round++) {
    const where = `${seed}, round ${round}`;
    using _clock = new VirtualClock();
    const unheard: unknown[] = [];
    const lock = new aio.Lock();
    await aio.run(async () => {
      const loop = aio.getRunningLoop();
      loop.setExceptionHandler((_loop, { exception }) => void unheard.push(exception));
      const tasks = [1, 2, 3].map(() => aio.createTask(nest(pick, lock, 4)));
      for (let i = 0; i < 4; i++) {
        const task = tasks[pick(3)]!;
        loop.callLater(pick(80), () => void task.cancel("outside"));
      }
      const { pending } = await aio.wait(tasks, { timeout: 60_000 });
      assertEquals([...pending], [], `${where}: hangs\n${aio.taskTree()}`);
      for (const task of tasks) {
        if (!task.cancelled()) checkFailure(task.exception(), where);
      }
      // What a failed gather has left runs on, and may leave something itself; it ends as well.
      for (let nests = 0; aio.allTasks().size > 1; nests++) {
        assert(nests < 5, `${where}: left\n${aio.taskTree()}`);
        const left = [...aio.allTasks()].filter((task) => task !== aio.currentTask());
        await aio.wait(left, { timeout: 60_000 });
      }
      assert(loop.ready.passes < 10_000, `${where}: ${loop.ready.passes} passes`);
    });
    assert(!lock.locked(), `${where}: the lock is held`);
    for (const error of unheard) checkFailure(error, where);
  }
});

/** Only what the work throws may come out: its own errors, cancels and timeouts, in groups. */
function checkFailure(error: unknown, where: string): void {
  if (error === null || error === undefined) return;
  if (error instanceof AggregateError) {
    return error.errors.forEach((each) => checkFailure(each, where));
  }
  if (error instanceof SuppressedError) {
    checkFailure(error.error, where);
    return checkFailure(error.suppressed, where);
  }
  const own = error instanceof RangeError && ["block", "child"].includes(error.message);
  if (own || error instanceof aio.TimeoutError || error instanceof aio.CancelledError) return;
  throw new Error(`${where}: an error of the library's own came out`, { cause: error });
}
