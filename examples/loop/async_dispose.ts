/**
 * An asynchronous context manager in its two forms: a class, and a generator with one `yield`.
 *
 * Run:    deno run examples/loop/async_dispose.ts
 * Watch:  Python's `__aenter__` is an ordinary async function here that opens and returns the object, `__aexit__` is
 *         `[Symbol.asyncDispose]`, `async with` is `await using`. Both leave also when the block throws, and the
 *         leaving may wait. Python's `__aexit__` is told the error; a JavaScript block does not tell it.
 */
import { asyncContextManager, run, sleep } from "@quartet/concurrency/asyncio";
import { failureOf, show } from "../show.ts";

const log: string[] = [];

/** The class: Python's `__aenter__` and `__aexit__`. */
class Session implements AsyncDisposable {
  readonly user: string;

  private constructor(user: string) {
    this.user = user;
  }

  static async open(user: string): Promise<Session> {
    await sleep(1);
    log.push(`open ${user}`);
    return new Session(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await sleep(1);
    log.push(`close ${this.user}`);
  }
}

/** The decorator: what stands before `yield` enters, what stands after it leaves. */
const session = asyncContextManager(async function* (user: string) {
  await sleep(1);
  log.push(`open ${user}`);
  try {
    yield user;
  } finally {
    await sleep(1);
    log.push(`close ${user}`);
  }
});

await run(async () => {
  {
    await using ann = await Session.open("ann");
    log.push(`inside, ${ann.user}`);
  }
  show("the class", log.splice(0));
  {
    await using bob = await session("bob");
    log.push(`inside, ${bob.value}`);
  }
  show("the generator", log.splice(0));
  const failure = await failureOf(async () => {
    await using _cid = await Session.open("cid");
    throw new RangeError("in the block");
  });
  show(`after a block that throws (${failure})`, log);
});
