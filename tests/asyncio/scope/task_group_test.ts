/** TaskGroup. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

const failing = (ms: number, error: Error) => async () => {
  await aio.sleep(ms);
  throw error;
};

function messages(error: aio.ExceptionGroup): string[] {
  return error.exceptions.map((each) => each.message);
}

Deno.test(
  "TaskGroup: the end waits for all, also for those added meanwhile (209)",
  virtually(async () => {
    const ended: number[] = [];
    {
      await using group = new aio.TaskGroup();
      group.createTask(async () => {
        await aio.sleep(5);
        group.createTask(async () => {
          await aio.sleep(5);
          ended.push(2);
        });
        ended.push(1);
      });
      assertEquals(group.statistics(), { running: 1, failed: 0 });
    }
    assertEquals(ended, [1, 2]);
  }),
);

Deno.test(
  "TaskGroup: a failure cancels the siblings; the error is a group and an AggregateError (210)",
  virtually(async () => {
    let cancelled = false;
    const error = await assertRejects(async () => {
      await using group = new aio.TaskGroup();
      group.createTask(failing(1, new RangeError("a")));
      group.createTask(async () => {
        try {
          await aio.sleep(1000);
        } catch (error) {
          cancelled = error instanceof aio.CancelledError;
          throw error;
        }
      });
    }, aio.ExceptionGroup);
    assert(error instanceof AggregateError);
    assert(cancelled);
    assertEquals(messages(error), ["a"]);
    assertEquals(error.errors.length, 1);
  }),
);

Deno.test(
  "TaskGroup: a block that waits is ended by a failing child: both forms (211, 226)",
  virtually(async () => {
    const before = aio.currentTask()!.cancelling();
    const using_ = await assertRejects(async () => {
      await using group = new aio.TaskGroup();
      group.createTask(failing(1, new RangeError("child")));
      await aio.sleep(1000);
    }, aio.ExceptionGroup);
    assertEquals(messages(using_), ["child"]);
    let saw: unknown;
    const called = await assertRejects(async () =>
      await aio.TaskGroup.run(async (group) => {
        group.createTask(failing(1, new RangeError("child")));
        try {
          await aio.sleep(1000);
        } catch (error) {
          saw = error;
        }
      }), aio.ExceptionGroup);
    assert(saw instanceof aio.CancelledError);
    assertEquals(messages(called), ["child"]);
    assertEquals(aio.currentTask()!.cancelling(), before);
    await aio.sleep(1);
  }),
);

Deno.test(
  "TaskGroup.run(): a failing block cancels the children, and stands last in the group (212, 213)",
  virtually(async () => {
    const error = await assertRejects(async () =>
      await aio.TaskGroup.run(async (group) => {
        group.createTask(async () => {
          try {
            await aio.sleep(1000);
          } catch {
            throw new RangeError("child");
          }
        });
        await aio.sleep(1);
        throw new TypeError("block");
      }), aio.ExceptionGroup);
    assertEquals(messages(error), ["child", "block"]);
  }),
);

Deno.test(
  "TaskGroup: several failures stand in the order of their end; a lone cancel is no failure (214)",
  virtually(async () => {
    const error = await assertRejects(async () => {
      await using group = new aio.TaskGroup();
      for (const name of ["a", "b"]) group.createTask(failing(1, new Error(name)));
    }, aio.ExceptionGroup);
    assertEquals(messages(error), ["a", "b"]);
    await using group = new aio.TaskGroup();
    const lone = group.createTask(() => aio.sleep(1000));
    const sibling = group.createTask(() => aio.sleep(5, "lived"));
    await aio.sleep(1);
    lone.cancel();
    assertEquals(await sibling, "lived");
  }),
);

Deno.test(
  "TaskGroup: cancelled from outside, the children are; their failures come first (215, 216)",
  virtually(async () => {
    let cancelled = 0;
    const child = async () => {
      try {
        await aio.sleep(1000);
      } finally {
        cancelled++;
      }
    };
    for (
      const body of [
        async () => {
          await using group = new aio.TaskGroup();
          group.createTask(child);
          await aio.sleep(1000);
        },
        async () => {
          await using group = new aio.TaskGroup();
          group.createTask(child);
        },
        () =>
          aio.TaskGroup.run(async (group) => {
            group.createTask(child);
            await aio.sleep(1000);
          }),
      ]
    ) {
      const task = aio.createTask(body);
      await aio.sleep(1);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      assert(task.cancelled());
    }
    assertEquals(cancelled, 3);
    const task = aio.createTask(() =>
      aio.TaskGroup.run(async (group) => {
        group.createTask(async () => {
          try {
            await aio.sleep(1000);
          } catch {
            throw new RangeError("in the clean-up");
          }
        });
        await aio.sleep(1000);
      })
    );
    await aio.sleep(1);
    task.cancel();
    await assertRejects(async () => await task, aio.ExceptionGroup);
  }),
);

Deno.test(
  "TaskGroup: nested failures give a group in a group (222)",
  virtually(async () => {
    const error = await assertRejects(async () =>
      await aio.TaskGroup.run(async () => {
        await aio.TaskGroup.run((inner) => {
          inner.createTask(failing(1, new RangeError("deep")));
        });
      }), aio.ExceptionGroup);
    const [inner] = error.exceptions;
    assert(inner instanceof aio.ExceptionGroup);
    assertEquals(messages(inner), ["deep"]);
  }),
);

Deno.test(
  "TaskGroup.cancel() ends the block and the children without an error (228, 478)",
  virtually(async () => {
    let begun = 0;
    const result = await aio.TaskGroup.run(async (group) => {
      group.createTask(async () => {
        begun++;
        await aio.sleep(1000);
      });
      group.cancel();
      group.cancel();
      group.createTask(async () => {
        begun++;
        await aio.sleep(1000);
      });
      await aio.sleep(1000);
      return "never";
    });
    assertEquals([result, begun], [undefined, 2]);
    {
      await using group = new aio.TaskGroup();
      group.createTask(() => aio.sleep(1000));
      await aio.sleep(1);
      group.cancel();
    }
    await aio.sleep(1);
  }),
);

Deno.test(
  "TaskGroup.start() waits until the task says that it is ready (479)",
  virtually(async () => {
    await using group = new aio.TaskGroup();
    const port = await group.start<number>(async (started) => {
      await aio.sleep(1);
      started(8080);
      await aio.sleep(5);
    });
    assertEquals(port, 8080);
    await assertRejects(
      async () => await group.start(() => {}),
      aio.InvalidStateError,
      "before it called started()",
    );
    await assertRejects(
      async () => await group.start(failing(1, new RangeError("no port"))),
      RangeError,
      "no port",
    );
  }),
);

Deno.test(
  "TaskGroup: a finished one takes no tasks; what is no coroutine is refused",
  virtually(async () => {
    let left!: aio.TaskGroup;
    {
      await using group = left = new aio.TaskGroup();
      assertThrows(() => group.createTask(1 as never), TypeError);
    }
    assertThrows(() => left.createTask(() => {}), aio.InvalidStateError, "finished");
    left.cancel();
    await left[Symbol.asyncDispose]();
  }),
);

Deno.test(
  "TaskGroup works in generator coroutines",
  virtually(function* () {
    const sum = yield* aio.TaskGroup.run(function* (group) {
      const a = group.createTask(() => aio.sleep(2, 1));
      const b = group.createTask(() => aio.sleep(1, 2));
      return (yield* a) + (yield* b);
    });
    assertEquals(sum, 3);
  }),
);

Deno.test("TaskGroup works outside of any loop", async () => {
  await using group = new aio.TaskGroup();
  const task = group.createTask(() => aio.sleep(1, "ambient"));
  assertEquals(await task, "ambient");
});

Deno.test(
  "TaskGroup: what is thrown and no error is wrapped",
  virtually(async () => {
    const error = await assertRejects(async () => {
      await using group = new aio.TaskGroup();
      group.createTask(() => {
        throw "a word";
      });
    }, aio.ExceptionGroup);
    assertEquals([messages(error), error.exceptions[0]!.cause], [["a word"], "a word"]);
  }),
);
