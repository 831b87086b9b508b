/**
 * The memory that threads share works up to its end, refuses more with a clear error, and is given back at once
 * by those who say that they are done, otherwise when it is short. Past 2 GiB nothing worked any more.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { program } from "../support/program.ts";

async function said(part: string): Promise<string[]> {
  const { code, stdout, stderr } = await program("large_memory.ts", part);
  assertEquals([code, stderr.replace(/^.*\bCheck .*\n/gm, "")], [0, ""]);
  return stdout.trimEnd().split("\n");
}

Deno.test("arrays, queues, locks and threads work behind two and three GiB", async () => {
  assertEquals(await said("far"), ["42 8 5 0", "null", "1000 0"]);
});

Deno.test("more than there is room for is refused by what it is, and the rest goes on working", async () => {
  const [length, bytes, room, after] = await said("refused");
  const end = "and all that threads share has room in 4294967296; share fewer at a time";
  assertEquals(
    length,
    `RangeError: Cannot share 4294967396 numbers of type i32: they take 17179869584 bytes, ${end}`,
  );
  assertEquals(
    bytes,
    `RangeError: Cannot share 1073741824 numbers of type f64: they take 8589934592 bytes, ${end}`,
  );
  assertEquals(
    room?.replace(/, \d+ were/, ", N were"),
    "RangeError: Cannot share 1073741824 bytes more between threads: of 4294967296, N were handed out; dispose() of arrays that are done with, or let go of arrays and queues and await something",
  );
  assertEquals(after, "3 works");
});

Deno.test("an array's room is given back at once by using and dispose(), and comes again empty", async () => {
  assertEquals(await said("using"), ["4141875200 given back"]);
});

Deno.test("arrays that nobody refers to are given back when the room is short", async () => {
  assertEquals(await said("forgotten"), ["forgotten"]);
});

Deno.test("an array that was disposed of says so to every thread, and cannot be sent", async () => {
  const error =
    "InvalidStateError: Cannot use the SharedArray: it was disposed of; make another one";
  assertEquals(await said("disposed"), [
    error,
    "true",
    error,
    '{ type: "u8", length: 104857600, disposed: true }',
  ]);
});
