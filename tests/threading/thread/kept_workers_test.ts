import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { letGoOfSpares } from "../../../src/core/parts.ts";
import { BrokenExecutorError, ThreadPoolExecutor } from "../../../src/futures/mod.ts";
import { Local, Lock, setExcepthook, Thread } from "../../../src/threading/mod.ts";
import { leakGuard } from "../../../src/testing/mod.ts";
import { program } from "../../support/program.ts";
import { ending, leaving, quiet } from "../../support/targets/kept_targets.ts";
import { threadsGone } from "../../support/threads_gone.ts";

/** Registers a test that begins with no worker kept, and leaves none. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test(name, async () => {
    letGoOfSpares();
    try {
      await fn();
    } finally {
      await threadsGone();
      letGoOfSpares();
    }
  });
}

/** Runs `target` on a thread and waits for its end. */
async function run<A extends unknown[], R>(
  target: (...args: A) => R,
  ...args: A
): Promise<Awaited<R>> {
  const thread = new Thread({ target, args }).start();
  const result = await thread.result;
  await thread.join();
  return result;
}

/** How many threads have used the worker that the next thread gets, itself included: 1 in a new one. */
const uses = (): Promise<number> => run(quiet.uses);

test("a thread that has returned leaves its worker to the next one", async () => {
  assertEquals([await uses(), await uses(), await uses()], [1, 2, 3]);
});

for (const name of ["usesLater", "waits", "runsLoop", "reads", "serves"] as const) {
  test(`a thread that cleans up what it used leaves its worker to the next one: ${name}`, async () => {
    await run<[], unknown>(quiet[name]);
    assertEquals(await uses(), 2);
  });
}

test("a thread that has thrown leaves its worker to the next one", async () => {
  const thread = new Thread({ target: quiet.fail }).start();
  await assertRejects(() => thread.result, TypeError);
  await thread.join();
  assertEquals(await uses(), 2);
});

test("a worker is kept too when its end was waited for by blocking", async () => {
  for (let i = 1; i <= 3; i++) {
    const thread = new Thread({ target: quiet.uses }).start();
    thread.joinSync();
    assertEquals(await thread.result, i);
  }
});

test("a lock that was passed to a thread is the same for the next one in its worker", async () => {
  const lock = new Lock();
  assertEquals(await run(quiet.useLock, lock), 1);
  assertEquals(await run(quiet.useLock, lock), 2);
  assertEquals(lock.locked(), false);
});

for (const name of Object.keys(leaving) as (keyof typeof leaving)[]) {
  test(`a thread that leaves something behind leaves its worker to nobody: ${name}`, async () => {
    const lock = new Lock();
    using _held = name === "wait" ? lock.acquireSync() : null;
    await run(leaving[name] as (lock: Lock) => unknown, lock);
    assertEquals(await uses(), 1);
  });
}

for (const name of ["close", "exit", "rejects"] as const) {
  test(`a thread that ends otherwise than by its target leaves its worker to nobody: ${name}`, async () => {
    const thread = new Thread({ target: ending[name] as () => unknown }).start();
    await assertRejects(() => thread.result, BrokenExecutorError);
    await thread.join();
    assertEquals(await uses(), 1);
  });
}

test("a thread that was asked to stop leaves its worker to nobody", async () => {
  const thread = new Thread({ target: ending.untilStopped }).start();
  thread.stop();
  await thread.join();
  assertEquals(await uses(), 1);
});

test("stop() of a thread that has ended does not reach the next one in its worker", async () => {
  const before = new Thread({ target: quiet.uses }).start();
  await before.join();
  const next = new Thread({ target: quiet.waits }).start();
  before.stop();
  assertEquals(await next.result, 2);
  before.stop();
  await next.join();
  assertEquals(await uses(), 3);
});

test("a thread finds nothing of the one before it but its modules", async () => {
  const passed = new Local<string>();
  const ids = new Set<unknown>();
  for (const name of ["one", "two", "three"]) {
    const thread = new Thread({ target: quiet.find, args: [passed], name }).start();
    const { threads, id, ...found } = await thread.result;
    assertEquals(found, {
      name,
      globalName: name,
      own: undefined,
      passed: undefined,
      variable: undefined,
      isSameLoop: false,
      isOwnHook: false,
    });
    assertEquals(threads, ids.size + 1);
    assertEquals(id, thread.id);
    ids.add(id);
    await thread.join();
  }
  assertEquals(ids.size, 3);
});

test("a thread object that was kept in the worker speaks for the thread that has ended", async () => {
  assertEquals(await run(quiet.remember), null);
  assertEquals(await run(quiet.remember), { isSame: false, isAlive: false });
});

test("a fresh thread gets a new worker and leaves it to nobody", async () => {
  assertEquals(await uses(), 1);
  const fresh = new Thread({ target: quiet.uses, fresh: true }).start();
  assertEquals(await fresh.result, 1);
  await fresh.join();
  assertEquals(await uses(), 2);
});

test("an error of a thread in a kept worker goes to the excepthook, with its own name", async () => {
  await uses();
  const told = Promise.withResolvers<string>();
  const before = setExcepthook(({ thread, error }) => told.resolve(`${thread.name}: ${error}`));
  try {
    await new Thread({ target: quiet.fail, name: "unlucky" }).start().join();
    assertEquals(await told.promise, "unlucky: TypeError: no");
  } finally {
    setExcepthook(before);
  }
});

test("a thread in a kept worker can be joined from two sides", async () => {
  await uses();
  const thread = new Thread({ target: quiet.waits }).start();
  const joiner = new Thread({ target: quiet.usesLater }).start();
  await Promise.all([thread.join(), thread.join(), joiner.join(), joiner.result]);
  assertEquals(thread.isAlive, false);
});

test("many threads one after another run in one worker", async () => {
  for (let i = 1; i <= 300; i++) assertEquals(await uses(), i);
});

test("of many threads at once only as many workers are kept as can run at once", async () => {
  const most = Math.max(4, navigator.hardwareConcurrency);
  const wave = () =>
    Array.from({ length: most + 4 }, () => new Thread({ target: quiet.waits }).start());
  for (const used of [[1], [1, 2]]) {
    const threads = wave();
    const counts = await Promise.all(threads.map((thread) => thread.result));
    await Promise.all(threads.map((thread) => thread.join()));
    assert(counts.every((count) => used.includes(count)), counts.join());
    assert(counts.filter((count) => count === 2).length <= most, counts.join());
  }
});

test("the threads of a pool run in kept workers and leave them to others", async () => {
  await uses();
  {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    assertEquals(await pool.submit(quiet.uses), 2);
  }
  assertEquals(await uses(), 3);
});

test("a pool with an initializer, or after a broadcast, leaves its workers to nobody", async () => {
  {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, initializer: quiet.uses });
    assertEquals(await pool.submit(quiet.uses), 2);
  }
  assertEquals(await uses(), 1);
  letGoOfSpares();
  {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    assertEquals(await pool.broadcast(quiet.uses), [1]);
  }
  assertEquals(await uses(), 1);
});

test("a pool that replaces its workers after some tasks gets new ones", async () => {
  await uses();
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 1 });
  assertEquals(await pool.submit(quiet.uses), 1);
  assertEquals(await pool.submit(quiet.uses), 1);
});

test("the leak guard minds no kept worker, and finds a thread in one", async () => {
  await uses();
  const guard = leakGuard({ grace: 30_000 });
  await uses();
  assertEquals(await guard.leftovers(), []);
  const lock = new Lock();
  const held = lock.acquireSync();
  await uses();
  const strict = leakGuard({ grace: 0, system: false });
  const thread = new Thread({ target: quiet.useLock, args: [lock], name: "left" }).start();
  assertEquals(await strict.leftovers(), [{ kind: "thread", name: "left" }]);
  held[Symbol.dispose]();
  await thread.join();
});

test("a program with a kept worker ends, and exits, as one without", async () => {
  for (const how of ["end", "exit", "throw"]) {
    const { code, stdout, stderr } = await program("kept_worker.ts", how);
    assertEquals(stdout, "1 2\n", stderr);
    assertEquals(code, { end: 0, exit: 3, throw: 1 }[how]);
  }
});

test("a worker is not used by a program that has given up a permission since", async () => {
  const { stdout, stderr } = await program("kept_worker.ts", "revoke");
  assertEquals(stdout, "1 2\n1 prompt\n", stderr);
});

test("what a thread left unseen and fails while its worker is kept is nobody's", async () => {
  const { code, stdout, stderr } = await program("kept_worker.ts", "late");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "1 2\n1\n", stderr: "" });
});
