/** A group or scope ends when it should, and says by whom it was ended: cancels, timeouts and failures at one time. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { virtually } from "../support/virtual_run.ts";

type Use = (group: aio.TaskGroup) => Promise<unknown>;

/** How a wait of the task that calls ends. */
async function endOfWait(wait: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await wait;
  } catch (error) {
    return nameOf(error);
  }
}

/** A group in each of its forms. */
const forms: Record<string, (use: Use) => () => aio.Awaitable<unknown>> = {
  "run": (use) => () => () => aio.TaskGroup.run(use),
  "await using": (use) => () => async () => {
    await using group = new aio.TaskGroup();
    return await use(group);
  },
  "generator": (use) => () =>
    (function* () {
      return yield* aio.TaskGroup.run(function* (group) {
        return yield* aio.createTask(() => use(group));
      });
    })(),
};

type Bound = (fn: () => Promise<unknown>) => PromiseLike<unknown>;

const nameOf = (error: unknown) => (error as Error).name;
const endOf = (work: PromiseLike<unknown>) => work.then((value) => value, nameOf);

/** Work that takes its time to clean up. */
async function lingering(): Promise<void> {
  try {
    await aio.sleep(1000);
  } finally {
    await aio.sleep(100);
  }
}

/** A bound of 10 milliseconds in each of its forms that waits for the clean-up. */
const bounds: Record<string, () => PromiseLike<unknown>> = {
  waitFor: () => aio.waitFor(lingering, 10),
  "waitFor of a task": () => aio.waitFor(aio.createTask(lingering), 10),
  timeout: () => aio.timeout(10, lingering),
  "await using timeout": async () => {
    await using _bound = aio.timeout(10);
    await lingering();
  },
};

for (const [name, bound] of Object.entries(bounds)) {
  Deno.test(
    `${name}: what ends the clean-up from outside is told, and not the time that was over before`,
    virtually(async () => {
      const seen: string[] = [];
      const work = async () => {
        try {
          await bound();
        } catch (error) {
          seen.push(nameOf(error));
          throw error;
        }
      };
      await aio.TaskGroup.run(async (group) => {
        aio.getRunningLoop().callLater(40, () => group.cancel());
        await work();
      });
      const failed = await assertRejects(async () =>
        await aio.TaskGroup.run(async (group) => {
          group.createTask(async () => {
            await aio.sleep(40);
            throw new RangeError("sibling");
          });
          await work();
        }), aio.ExceptionGroup);
      assertEquals(failed.exceptions.map(nameOf), ["RangeError"]);
      const scope = new aio.CancelScope({ deadline: aio.getRunningLoop().time() + 40 });
      assertEquals(await scope.run(work), undefined);
      assert(scope.cancelledCaught);
      assertEquals(await endOf(aio.timeout(40, work)), "TimeoutError");
      const task = aio.createTask(work);
      await aio.sleep(40);
      task.cancel();
      assertEquals(await endOf(task), "CancelledError");
      assertEquals(seen, Array(5).fill("CancelledError"));
    }),
  );
}

const scopes: Record<string, () => aio.Timeout | aio.CancelScope> = {
  timeout: () => aio.timeout(1000) as aio.Timeout,
  timeoutAt: () => aio.timeoutAt(aio.getRunningLoop().time() + 1000) as aio.Timeout,
  moveOnAfter: () => aio.moveOnAfter(1000) as aio.CancelScope,
  failAfter: () => aio.failAfter(1000) as aio.CancelScope,
  CancelScope: () => new aio.CancelScope(),
};

for (const [name, make] of Object.entries(scopes)) {
  Deno.test(
    `${name}: a scope takes one function, and is around nothing afterwards`,
    virtually(async () => {
      const scope = make();
      const first = scope.run(() => aio.sleep(1, "first"));
      assertThrows(() => scope.run(() => aio.sleep(1)), aio.InvalidStateError, "make a new one");
      assertEquals(await first, "first");
      assertThrows(() => scope.run(() => aio.sleep(1)), aio.InvalidStateError, "make a new one");
      if (scope instanceof aio.Timeout) {
        assertThrows(() => scope.reschedule(0), aio.InvalidStateError);
        assertEquals(scope.expired(), false);
      } else scope.cancel();
      await aio.sleep(2000);
    }),
  );
}

for (const [form, inGroup] of Object.entries(forms)) {
  const slowStart = inGroup((group) =>
    group.start(async (started) => {
      await aio.sleep(200);
      started(undefined);
    })
  );

  Deno.test(
    `${form}: a start() that is cancelled or times out ends, and so does its group`,
    virtually(async () => {
      const task = aio.createTask(slowStart());
      await aio.sleep(20);
      task.cancel();
      assertEquals(await endOf(task), "CancelledError");
      assertEquals(
        await endOf(aio.timeout(20, () => aio.createTask(slowStart()))),
        "TimeoutError",
      );
      assertEquals(await aio.moveOnAfter(20, () => aio.createTask(slowStart())), undefined);
      assertEquals(
        await endOf(aio.waitFor(slowStart(), 20)),
        "TimeoutError",
      );
      assertEquals(aio.allTasks().size, 1);
    }),
  );

  Deno.test(
    `${form}: a start() whose group is cancelled, or fails, ends`,
    virtually(async () => {
      for (const failing of [false, true]) {
        const work = inGroup(async (group) => {
          group.createTask(async () => {
            await aio.sleep(5);
            if (failing) throw new RangeError("sibling");
            group.cancel();
          });
          return await group.start(() => aio.sleep(1000));
        });
        const end = await endOf(aio.createTask(work()));
        // JavaScript lets no block swallow: with `await using` the group's own cancel goes on.
        const calm = form === "await using" ? "CancelledError" : undefined;
        assertEquals(end, failing ? "ExceptionGroup" : calm);
      }
    }),
  );

  Deno.test(
    `${form}: a start() that fails in its clean-up tells that, and the cancel comes again`,
    virtually(async () => {
      const seen: unknown[] = [];
      const work = inGroup(async (group) => {
        try {
          await group.start(async () => {
            try {
              await aio.sleep(1000);
            } catch {
              throw new RangeError("clean-up");
            }
          });
        } catch (error) {
          seen.push(nameOf(error));
        }
        seen.push(await endOfWait(aio.sleep(1)));
      });
      const task = aio.createTask(work());
      await aio.sleep(5);
      task.cancel();
      await endOf(task);
      assertEquals(seen, ["RangeError", "CancelledError"]);
    }),
  );

  Deno.test(
    `${form}: after group.cancel() a cancel or timeout from outside is told`,
    virtually(async () => {
      const work = inGroup(async (group) => {
        group.createTask(async () => {
          try {
            await aio.sleep(36e5);
          } finally {
            await aio.sleep(150);
          }
        });
        await aio.sleep(10);
        group.cancel();
      });
      const task = aio.createTask(work());
      await aio.sleep(50);
      task.cancel();
      assertEquals(await endOf(task), "CancelledError");
      assertEquals(await endOf(aio.timeout(50, () => aio.createTask(work()))), "TimeoutError");
      assertEquals(await endOf(aio.failAfter(50, () => aio.createTask(work()))), "TimeoutError");
      const scope = aio.moveOnAfter(50);
      await scope.run(() => aio.createTask(work()));
      assert(scope.cancelledCaught);
    }),
  );

  Deno.test(
    `${form}: the failures of children under an outside cancel are an ExceptionGroup`,
    virtually(async () => {
      const work = inGroup(async (group) => {
        group.createTask(async () => {
          try {
            await aio.sleep(1000);
          } catch {
            throw new RangeError("in the clean-up");
          }
        });
        await aio.sleep(1000);
      });
      const task = aio.createTask(work());
      await aio.sleep(1);
      task.cancel();
      const error = await assertRejects(async () => await task, aio.ExceptionGroup);
      assertEquals(error.exceptions.map((each) => each.message), ["in the clean-up"]);
      const late = await assertRejects(
        async () => await aio.timeout(5, () => aio.createTask(work())),
        aio.ExceptionGroup,
      );
      assertEquals(late.exceptions.map((each) => each.message), ["in the clean-up"]);
    }),
  );

  Deno.test(
    `${form}: a scope that has expired reaches the later waits of children, makes nobody spin, and skips no clean-up`,
    virtually(async () => {
      const loop = aio.getRunningLoop();
      let cancels = 0;
      let cleaned = false;
      const passes = loop.ready.passes;
      await aio.moveOnAfter(10, inner);
      async function inner() {
        await aio.TaskGroup.run(async (outer) => {
          outer.createTask(work());
          await aio.sleep(1000);
        });
      }
      function work() {
        return inGroup(async (group) => {
          group.createTask(async () => {
            for (let i = 0; i < 3; i++) {
              try {
                await aio.sleep(1000);
              } catch {
                cancels++;
              }
            }
            const clean = new aio.CancelScope({ shield: true });
            await clean.run(async () => {
              await aio.sleep(500);
              cleaned = true;
            });
          });
          await aio.sleep(1000);
        })();
      }
      assertEquals([cancels, cleaned], [3, true]);
      assert(loop.ready.passes - passes < 100, `${loop.ready.passes - passes} passes`);
    }),
  );
}

Deno.test(
  "an outside cancel survives a group's error that the task catches",
  virtually(async () => {
    const seen: string[] = [];
    const failing = async (group: aio.TaskGroup) => {
      group.createTask(async () => {
        try {
          await aio.sleep(1000);
        } catch {
          throw new RangeError("child");
        }
      });
      await aio.sleep(1000);
    };
    const bodies = [
      async () => {
        await aio.TaskGroup.run(failing).then(
          undefined,
          (error) => seen.push((error as Error).name),
        );
        await aio.sleep(1000);
      },
      async () => {
        try {
          await using group = new aio.TaskGroup();
          await failing(group);
        } catch (error) {
          assert(error instanceof SuppressedError);
          seen.push(error.error.name);
        }
        await aio.sleep(1000);
      },
    ];
    for (const body of bodies) {
      const task = aio.createTask(body);
      await aio.sleep(1);
      task.cancel("enough");
      const error = await assertRejects(async () => await task, aio.CancelledError);
      assertEquals(error.message, "enough");
      assertEquals(task.cancelling(), 1);
      await assertRejects(async () => await aio.timeout(10, body), aio.TimeoutError);
      await assertRejects(async () => {
        await using _bound = aio.timeout(10);
        await body();
      }, aio.TimeoutError);
      assertEquals(await aio.moveOnAfter(10, body), undefined);
    }
    assertEquals(seen, Array(8).fill("ExceptionGroup"));
    await aio.sleep(1);
  }),
);

Deno.test(
  "inner and outer deadlines that fall due together: the outer one throws, both have expired",
  () =>
    aio.run(async () => {
      for (const [first, second] of [[10, 10], [10, 5], [5, 10]] as const) {
        const seen: string[] = [];
        let inner!: aio.Timeout, outer!: aio.Timeout;
        const busy = async () => {
          await using own = inner = aio.timeout(second);
          void own;
          await computeAndSleep();
        };
        const error = await assertRejects(async () => {
          await using own = outer = aio.timeout(first);
          void own;
          try {
            await busy();
          } catch (error) {
            seen.push(nameOf(error));
            throw error;
          }
        }, aio.TimeoutError);
        assertEquals([inner.expired(), outer.expired(), error.name], [true, true, "TimeoutError"]);
        assertEquals(seen, ["CancelledError"]);
        // The same with blocks that are tasks of their own.
        const ends: unknown[] = [];
        await assertRejects(async () =>
          await aio.timeout(first, async () => {
            await aio.timeout(second, computeAndSleep).catch((error) => {
              ends.push(nameOf(error));
              throw error;
            });
          }), aio.TimeoutError);
        assertEquals(ends, ["CancelledError"]);
        assertEquals(aio.currentTask()!.cancelling(), 0);
        await aio.sleep(1);
      }

      /** Computes until both deadlines have passed, so that the loop finds them at once. */
      function computeAndSleep() {
        const end = performance.now() + 12;
        while (performance.now() < end);
        return aio.sleep(1000);
      }
    }),
);

Deno.test(
  "a timeout inside of one that has expired before still tells its own",
  virtually(async () => {
    await assertRejects(
      async () => {
        await using _outer = aio.timeout(10);
        assertEquals(await endOfWait(aio.sleep(1000)), "CancelledError");
        await assertRejects(async () => {
          await using _inner = aio.timeout(10);
          await aio.sleep(1000);
        }, aio.TimeoutError);
        throw new aio.TimeoutError("seen");
      },
      aio.TimeoutError,
      "seen",
    );
  }),
);

Deno.test(
  "shield: true shields a block that is run from the scopes around, not from task.cancel()",
  virtually(async () => {
    const bounds: Bound[] = [
      (fn) => aio.moveOnAfter(10, fn),
      (fn) => aio.failAfter(10, fn),
      (fn) => aio.timeout(10, fn),
    ];
    for (const bound of bounds) {
      const seen: unknown[] = [];
      const whole = bound(async () => {
        const shielded = new aio.CancelScope({ shield: true });
        seen.push(await shielded.run(() => aio.sleep(50, "whole")));
        const bounded = new aio.CancelScope({
          shield: true,
          deadline: aio.getRunningLoop().time() + 20,
        });
        seen.push(await bounded.run(() => aio.sleep(1000)));
        await aio.sleep(1000);
      });
      const end = await endOf(whole);
      assertEquals(seen, ["whole", undefined]);
      assertEquals(end, bound === bounds[0] ? undefined : "TimeoutError");
    }
    const scope = new aio.CancelScope({ shield: true });
    const task = aio.createTask(() => scope.run(() => aio.sleep(1000)));
    await aio.sleep(1);
    task.cancel();
    assertEquals(await endOf(task), "CancelledError");
  }),
);

Deno.test(
  "the inner of two cancelled scopes leaves the cancel to the outer one",
  virtually(async () => {
    const outer = new aio.CancelScope();
    const inner = new aio.CancelScope();
    let after = false;
    await outer.run(async () => {
      await inner.run(async () => {
        aio.getRunningLoop().callLater(1, () => {
          inner.cancel();
          outer.cancel();
        });
        await aio.sleep(1000);
      });
      after = true;
    });
    assertEquals([after, outer.cancelledCaught, inner.cancelledCaught], [false, true, false]);
  }),
);

Deno.test(
  "a start() that is given up between its task's end and the telling of it ends its group",
  virtually(async () => {
    for (const fails of [false, true]) {
      const task = aio.createTask(() =>
        aio.TaskGroup.run((group) =>
          group.start(async () => {
            await aio.sleep(1);
            aio.getRunningLoop().callSoon(() => task.cancel());
            if (fails) throw new RangeError("task");
          })
        )
      );
      assertEquals(await endOf(task), fails ? "ExceptionGroup" : "CancelledError");
    }
  }),
);
