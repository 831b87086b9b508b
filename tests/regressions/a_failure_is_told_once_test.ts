/** A failure is told to whoever can act on it, once, and ends nothing else. */
import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { mainThread, setExcepthook, Thread, Timer } from "../../src/threading/mod.ts";
import { program } from "../support/program.ts";

Deno.test("a start that fails is told to its caller only, and no thread is left of it", async () => {
  const { code, stdout, stderr } = await program("failed_start.ts");
  assertEquals([code, stdout], [0, "TransferError\n1 MainThread null false\n"]);
  assertEquals(stderr.replace(/^.*\bCheck .*\n/gm, ""), "");
});

Deno.test("a timer whose function throws or rejects goes to the excepthook, and the program goes on", async () => {
  const seen: unknown[] = [];
  const before = setExcepthook(({ error, thread }) => seen.push(String(error), thread));
  try {
    const thrown = new Timer(0, () => {
      throw new RangeError("thrown");
    }).start();
    await thrown.join();
    const rejected = new Timer(0, () => Promise.reject(new TypeError("rejected"))).start();
    await rejected.join();
    assertEquals(seen, [
      "RangeError: thrown",
      mainThread(),
      "TypeError: rejected",
      mainThread(),
    ]);
    assertEquals([thrown.isAlive, rejected.finished.isSet()], [false, true]);
  } finally {
    setExcepthook(before);
  }
});

Deno.test("a thread's name is text, and a number becomes text", () => {
  const target = () => {};
  assertEquals(new Thread({ target, name: 7 as never }).name, "7");
  for (const name of [null, {}, [], Symbol("x"), Object.create(null)]) {
    assertThrows(() => new Thread({ target, name }), TypeError, "Cannot use name");
  }
  const thread = new Thread({ target, name: "first" });
  assertThrows(() => thread.name = null as never, TypeError, "Cannot use name null");
  assertEquals(thread.name, "first");
});
