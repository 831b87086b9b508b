/** A queue as a child uses it whose parent serves it, in orders of messages that two processes rarely come to. */
import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { ShutDownError } from "../../../src/core/errors.ts";
import { NEVER } from "../../../src/core/current.ts";
import type { Leave } from "../../../src/core/withdrawal/signalled_wait.ts";
import type { Caller } from "../../../src/multiprocessing/objects/served_objects.ts";
import { type Node, thisNode } from "../../../src/multiprocessing/objects/node.ts";
import { Borrower, Lender } from "../../../src/multiprocessing/process/ledger.ts";
import type { Licensed } from "../../../src/multiprocessing/sync/licence.ts";
import { QueueCore } from "../../../src/multiprocessing/sync/queue_core.ts";
import { LateAnswers } from "../../../src/multiprocessing/sync/late_answers.ts";
import { RemoteLock } from "../../../src/multiprocessing/sync/remote_lock.ts";
import { RemoteQueue } from "../../../src/multiprocessing/sync/remote_queue.ts";

const address = { home: "home", id: "1-a" };
const leave: Leave = { signal: NEVER };
const child: Caller = { path: "home.1", owner: "home.1", signal: NEVER };

/** A question that the home has not answered. */
interface Question {
  readonly method: string;
  readonly args: unknown[];
  answer(value: unknown): void;
  fail(error: Error): void;
}

/** The home, played by a test: what it is asked and posted, and its lender. */
function home() {
  const folder = Deno.makeTempDirSync({ prefix: "remote-" });
  const path = `${folder}/u`;
  const lender = new Lender(path), borrower = new Borrower(path);
  const questions: Question[] = [], posts: unknown[][] = [];
  const node = thisNode();
  const fakes: Partial<Node> = {
    lenderTo: () => lender,
    post: (_to, _core, ...post) => void posts.push(post),
    borrowerFrom: () => borrower,
    ask: (_home, _id, method, args) =>
      new Promise((answer, fail) => questions.push({ method, args, answer, fail })),
    postHome: (_address, ...post) => void posts.push(post),
    settled: () => Promise.resolve(),
  };
  Object.assign(node, fakes);
  return {
    lender,
    borrower,
    questions,
    posts,
    [Symbol.dispose]() {
      for (const name of Object.keys(fakes)) {
        delete (node as unknown as Record<string, unknown>)[name];
      }
      lender.end();
      borrower.end();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** Lets what was answered be heard. */
const heard = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const nothing = (): void => {};

Deno.test("a loan that its home asks back before its answer was heard goes back", async () => {
  using there = home();
  const queue = RemoteQueue.at<number>(address, new LateAnswers())!;
  const got = queue.get(null, leave);
  const loan = there.lender.lend(nothing)!;
  there.questions[0]!.answer([1, loan, [2, 3]]);
  queue.posted("loan", [loan, null]); // in the same turn
  assertEquals(await got, 1);
  assertEquals(there.posts, [["handBack", loan]]);
  queue.get(null, leave);
  assertEquals(there.questions.length, 2, "it takes nothing of it");
  queue.end();
});

Deno.test("a licence that its home asks back before its answer was heard is handed in", async () => {
  using there = home();
  const queue = RemoteQueue.at<number>(address, new LateAnswers())!;
  const put = queue.put(1, null, leave);
  const licence = there.lender.lend(nothing)!;
  there.questions[0]!.answer([licence, 0]);
  queue.posted("licence", [licence, null]);
  await put;
  assertEquals(there.posts, [["handIn", licence]]);
  queue.put(2, null, leave);
  assertEquals(there.questions.length, 2, "it puts nothing by it");
  queue.end();
});

Deno.test("a lock that is wanted before its lease was heard of is given up at its release", async () => {
  using there = home();
  const lock = RemoteLock.at(address)!;
  const held = lock.acquire(null, leave);
  const lease = there.lender.lend(nothing)!;
  there.questions[0]!.answer([lease, false]);
  lock.posted("wanted", [lease]);
  assertEquals(await held, true);
  lock.release();
  assertEquals(there.questions.map((each) => each.method), ["lease", "giveUp"]);
  lock.end();
});

Deno.test("puts come in order, as they were, though their licence is recalled in the midst of them", async () => {
  using there = home();
  const queue = RemoteQueue.at<number[]>(address, new LateAnswers())!;
  const first = queue.put([0], null, leave);
  const licence = there.lender.lend(nothing)!;
  there.questions.shift()!.answer([licence, 0]);
  await first;
  there.lender.recall(licence);
  const items = [[1], [2], [3]];
  const puts = items.slice(0, 2).map((item) => queue.put(item, null, leave));
  for (const item of items.slice(0, 2)) item[0] = -1;
  queue.posted("licence", [licence, 0]);
  await heard();
  puts.push(queue.put(items[2]!, null, leave));
  await heard();
  const came: unknown[] = [];
  for (
    let question = there.questions.shift();
    question !== undefined;
    question = there.questions.shift()
  ) {
    came.push(question.args[0]);
    question.answer([0, 0]);
    await heard();
  }
  await Promise.all(puts);
  assertEquals(came, [[1], [2], [3]]);
  queue.end();
});

Deno.test("what an earlier stand-in has noted counts for the next one's licence", async () => {
  using there = home();
  const core = new QueueCore(0);
  const [licence] = core.offer(child, "first", null) as Licensed;
  for (const item of ["second", "third"]) {
    there.borrower.note(licence);
    core.posted(child.path, "put", [licence, item]);
  }
  const queue = RemoteQueue.at<string>(address, new LateAnswers())!;
  const put = queue.put("fourth", null, leave);
  there.questions.shift()!.answer(core.offer(child, "fourth", null));
  await put;
  await core.shutdown(child, false); // all has come
  const late = assertRejects(async () => await queue.put("fifth", null, leave), ShutDownError);
  for (const [what, ...content] of there.posts.splice(0)) queue.posted(what as string, content);
  assertEquals(there.posts, [], "it does not count, so it is not posted");
  there.questions.shift()!.fail(new ShutDownError("shut down"));
  await late;
  queue.end();
});

Deno.test("a child that posts more puts than it notes does not hold up a shutdown", async () => {
  using _there = home();
  const core = new QueueCore(0);
  const [licence] = core.offer(child, "first", null) as Licensed;
  for (const item of ["second", "third"]) core.posted(child.path, "put", [licence, item]);
  await core.shutdown(child, false);
  assertEquals(core.statistics().isShutDown, true);
});
