/** A child that speaks the protocol itself can use what it was given, as itself, and nothing else. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProcessExitedError, TransferError } from "../../src/core/errors.ts";
import {
  type Connection,
  Lock,
  Pipe,
  Process,
  Queue,
  RLock,
  SharedMemory,
} from "../../src/multiprocessing/mod.ts";
import { Kind } from "../../src/multiprocessing/objects/object_message.ts";
import { ProcessPoolExecutor } from "../../src/futures/mod.ts";
import { BELOW, hostile, ME, PARENT, ROOT } from "../support/targets/hostile_targets.ts";

/** An id that is well-formed and was never given to anybody. */
const GUESS = "999999-00000000-0000-4000-8000-000000000000";

const LIES: readonly (readonly [string, unknown])[] = [
  ["no list", "text"],
  ["an empty list", []],
  ["from its parent", [PARENT, PARENT, Kind.HOLD, GUESS, "t"]],
  ["from its sibling", [PARENT, `${PARENT}.99`, Kind.HOLD, GUESS, "t"]],
  ["from one whose path only begins alike", [PARENT, `${ME}0`, Kind.HOLD, GUESS, "t"]],
  ["from one of no path", [PARENT, { toString: 1 }, Kind.HOLD, GUESS, "t"]],
  ["to one of no path", [5, ME, Kind.HOLD, GUESS, "t"]],
  ["of no kind", [PARENT, ME, 99, GUESS]],
  ["of the kind NaN", [PARENT, ME, null, GUESS]],
  ["the end of its parent", ["*", ME, Kind.ENDED, PARENT]],
  ["the end of itself", ["*", ME, Kind.ENDED, ME]],
  ["the end of another, told by another", ["*", PARENT, Kind.ENDED, BELOW]],
  ["news that is no end", ["*", ME, Kind.ASK, BELOW]],
  ["a question to an object that it guessed", [
    PARENT,
    ME,
    Kind.ASK,
    1,
    GUESS,
    "release",
    [],
    false,
    ME,
  ]],
  ["a question to a numbered object", [PARENT, ME, Kind.ASK, 1, 1, "release", [], false, ME]],
  ["a question in its parent's name", [
    PARENT,
    ME,
    Kind.ASK,
    1,
    GUESS,
    "release",
    [],
    false,
    PARENT,
  ]],
  ["a question in a name that is no text", [
    PARENT,
    ME,
    Kind.ASK,
    1,
    GUESS,
    "release",
    [],
    false,
    { toString: 1 },
  ]],
  ["a post to an object that it guessed", [PARENT, ME, Kind.POST, GUESS, "close"]],
  ["lending what it guessed", [PARENT, ME, Kind.LEND, GUESS, "t"]],
];

for (const [what, message] of LIES) {
  Deno.test(`a child that says ${what} is ended, alone`, async () => {
    const lock = new Lock();
    const [ours, theirs] = Pipe<number>();
    await using honest = new Process({ target: hostile.echo, args: [theirs as Connection] });
    honest.start();
    const args: [unknown[]] = [[message]];
    await using liar = new Process({ target: hostile.say, args, permissions: "none" }).start();
    const error = await assertRejects(() => liar.result, ProcessExitedError);
    assert(error.cause instanceof TransferError, String(error.cause));
    assertEquals(liar.statistics().refused, 1);
    await ours.send(1);
    assertEquals(await ours.recv(), 1);
    assertEquals(honest.statistics().refused, 0);
    assertEquals(await lock.locked(), false);
    ours.close();
    await Promise.all([liar.join(), honest.join()]);
  });
}

Deno.test("a child does not act as another: what it acquires is its own", async () => {
  const lock = new RLock();
  await lock.acquire();
  await using child = new Process({
    target: async (lock: RLock) => {
      return await lock.release().then(() => "released", (error) => error.name);
    },
    args: [lock],
  }).start();
  assertEquals(await child.result, "NotOwnerError");
  assertEquals(await lock.isOwned(), true);
  await lock.release();
  await child.join();
});

Deno.test("a child's child that lies is ended by its own parent, which is not", async () => {
  const lies = [[ROOT, ME, Kind.ASK, 1, GUESS, "release", [], false, ME]];
  await using child = new Process({ target: hostile.parentOf, args: [lies] }).start();
  assertEquals(await child.result, ["ProcessExitedError", 1]);
  assertEquals(child.statistics().refused, 0);
  await child.join();
  const forged = [[PARENT, "<root>.99", Kind.HOLD, GUESS, "t"]];
  await using other = new Process({ target: hostile.parentOf, args: [forged] }).start();
  assertEquals(await other.result, ["ProcessExitedError", 1]);
  await other.join();
});

Deno.test("an object that a child guesses is not read, whatever it replies", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  const secret = new Queue<string>();
  await secret.put("secret");
  await pool.submit((queue: Queue<string>) => void queue, secret); // it is served now, under number 1
  for (const id of [GUESS, "1", "999-1", "", "NaN"]) {
    await assertRejects(() => pool.submit(hostile.answerGuess, "mp.Queue", id), TransferError);
    await assertRejects(() => pool.submit(hostile.answerGuess, "mp.Connection", id), TransferError);
  }
  await assertRejects(() => pool.submit(hostile.answerShared, "mp.Queue", "x"), TransferError);
});

Deno.test("a child does not name memory of other programs", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  const name = `somebody-elses-${crypto.randomUUID().slice(0, 8)}`;
  for (const kind of ["mp.SharedMemory", "mp.ShareableList"]) {
    const error = await assertRejects(() => pool.submit(hostile.answerShared, kind, name));
    assert(error instanceof TransferError && error.message.includes("names it"), String(error));
  }
  if (Deno.build.os !== "linux") return;
  using memory = new SharedMemory({ name, create: true, size: 8 }); // this process knows it, so that it may be named
  using again = await pool.submit(hostile.answerShared, "mp.SharedMemory", name) as SharedMemory;
  assertEquals(again.size, memory.size);
  memory.unlink();
});

Deno.test("nobody is ended for believing in an object that another made up", async () => {
  const [from, to] = Pipe();
  await using liar = new Process({ target: hostile.sendGuess, args: [from as Connection] }).start();
  await using honest = new Process({ target: hostile.useLock, args: [to as Connection] }).start();
  assertEquals(await honest.result, "EOFError");
  assertEquals(honest.statistics().refused, 0);
  await Promise.all([liar.join(), honest.join()]);
});

Deno.test("an end that a child has passed on is no longer its own", async () => {
  const [ours, theirs] = Pipe<unknown>();
  const [here, there] = Pipe<Connection>();
  await using child = new Process({
    target: hostile.clingTo,
    args: [theirs as Connection, there as Connection<Connection>],
  }).start();
  const end = await here.recv();
  await child.result;
  await child.join();
  await end.send("from the one who has it");
  assertEquals(await ours.recv(), "from the one who has it");
  assertEquals(end.closed, false);
  end.close();
  ours.close();
  here.close();
});
