/** An error's class is found again by module and name: never another of the same name, never less than can be. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Executor, portable, RemoteError, TimeoutError } from "@quartet/concurrency/futures";
import { testEachExecutor } from "../support/each_executor.ts";
import * as targets from "../support/targets/error_targets.ts";

/** The same name as a class of the targets' module. */
const ParseError = portable(import.meta, class ParseError extends Error {});

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };
const { throwers } = targets;

async function thrown(executor: Executor, fn: () => never): Promise<Error> {
  return await executor.submit(fn as () => unknown).then(
    () => new Error("nothing was thrown"),
    (error) => error as Error,
  );
}

testEachExecutor("an exported class needs no registration", async (executor) => {
  const error = await thrown(executor, throwers.ticket);
  assertInstanceOf(error, targets.TicketError);
  assertEquals([error.label, error.ticket, error.name], ["#5", 5, "Error"]);
  const shown = await thrown(executor, throwers.shown);
  assertInstanceOf(shown, targets.Shown);
  assertEquals(shown.name, "HiddenError");
}, pools);

testEachExecutor("it crosses as an argument, too", async (executor) => {
  await thrown(executor, throwers.ticket); // from here on both sides have looked into the module
  assertEquals(await executor.submit(throwers.isTicket, new targets.TicketError(8)), "#8");
}, pools);

testEachExecutor("one that cannot be found is a RemoteError of its name", async (executor) => {
  const error = await thrown(executor, throwers.local) as RemoteError & { code: number };
  assertInstanceOf(error, RemoteError);
  assertEquals(
    [error.name, error.message, error.code, error.remoteName],
    ["LocalError", "only here", 3, "LocalError"],
  );
}, pools);

testEachExecutor("one that extends what can be found is that", async (executor) => {
  const error = await thrown(executor, throwers.localTicket);
  assertInstanceOf(error, targets.TicketError);
  assertEquals([error.name, error.ticket], ["LocalTicketError", 7]);
  const token = await thrown(executor, throwers.token);
  assertInstanceOf(token, SyntaxError);
  assertEquals(token.name, "BadToken");
}, pools);

testEachExecutor("no class passes for another of its name", async (executor) => {
  assert(!(await thrown(executor, throwers.timeout) instanceof TimeoutError));
  assert(!(await thrown(executor, throwers.notFound) instanceof Deno.errors.NotFound));
  assertInstanceOf(await thrown(executor, throwers.denoNotFound), Deno.errors.NotFound);
  const parse = await thrown(executor, throwers.parse);
  assertInstanceOf(parse, targets.ParseError);
  assert(!(parse instanceof ParseError));
}, pools);

testEachExecutor("one with private fields is a RemoteError that says so", async (executor) => {
  const error = await thrown(executor, throwers.coded) as RemoteError & { leftOut: string[] };
  assertInstanceOf(error, RemoteError);
  assertEquals(error.name, "CodedError");
  assertEquals(error.leftOut.length, 1);
  assert(error.leftOut[0]!.includes("private fields of CodedError"));
}, pools);
