import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CancelledError,
  createTask,
  IncompleteReadError,
  InvalidStateError,
  LimitOverrunError,
  run,
  type Separator,
  sleep,
  StreamReader,
  StreamWriter,
  TimeoutError,
} from "../../../src/asyncio/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A reader that gets each chunk ten virtual milliseconds after the one before, then the end. */
function fed(...chunks: string[]): StreamReader {
  const reader = new StreamReader({ limit: 8 });
  createTask(async () => {
    for (const chunk of chunks) {
      await sleep(10);
      reader.feedData(encode(chunk));
    }
    await sleep(10);
    reader.feedEof();
  });
  return reader;
}

/** Runs `fn` in a loop of its own on virtual time. */
async function inLoop(fn: () => Promise<void>): Promise<void> {
  using _clock = new VirtualClock();
  await run(fn);
}

Deno.test("StreamReader.read() gives what is there as soon as anything is, and nothing at the end", () =>
  inLoop(async () => {
    const reader = fed("abc", "de");
    assertEquals(decode(await reader.read(2)), "ab");
    assertEquals(decode(await reader.read(10)), "c");
    assertEquals(decode(await reader.read(10)), "de");
    assertEquals([reader.atEof(), decode(await reader.read(10)), reader.atEof()], [
      false,
      "",
      true,
    ]);
  }));

Deno.test("StreamReader.read() without a count reads to the end; of nothing it is empty", () =>
  inLoop(async () => {
    const reader = fed("abc", "de");
    assertEquals(decode(await reader.read(0)), "");
    assertEquals(decode(await reader.read()), "abcde");
    assertThrows(() => reader.read(0.5), RangeError, "0.5");
  }));

Deno.test("StreamReader.readExactly() waits for the count", () =>
  inLoop(async () => {
    const reader = fed("abc", "de");
    assertEquals(decode(await reader.readExactly(4)), "abcd");
    const error = await assertRejects(async () => await reader.readExactly(3), IncompleteReadError);
    assertEquals([decode(error.partial), error.expected], ["e", 3]);
    assertEquals(decode(await reader.readExactly(0)), "");
    assertThrows(() => reader.readExactly(-1), RangeError, "-1");
  }));

Deno.test("StreamReader.readLine() gives lines with their ends, and then what is left", () =>
  inLoop(async () => {
    const reader = fed("on", "e\ntwo\nth", "ree");
    const lines: string[] = [];
    for await (const line of reader) lines.push(decode(line));
    assertEquals(lines, ["one\n", "two\n", "three"]);
    assertEquals(decode(await reader.readLine()), "");
  }));

Deno.test("StreamReader.readUntil() finds a separator that comes in pieces", () =>
  inLoop(async () => {
    const reader = fed("ab\r", "\r", "\ncd");
    assertEquals(decode(await reader.readUntil("\r\n")), "ab\r\r\n");
    const error = await assertRejects(async () => await reader.readUntil("x"), IncompleteReadError);
    assertEquals([decode(error.partial), error.expected], ["cd", null]);
    assertThrows(() => reader.readUntil(""), RangeError, "empty");
  }));

Deno.test("StreamReader.readUntil() beyond the limit fails and leaves what there is", () =>
  inLoop(async () => {
    const reader = fed("0123456789", "\nrest");
    const error = await assertRejects(async () => await reader.readUntil("\n"), LimitOverrunError);
    assertEquals(error.consumed, 10);
    assertEquals(decode(await reader.readExactly(10)), "0123456789");
    assertEquals(decode(await reader.readUntil("\n")), "\n");
  }));

Deno.test("StreamReader.readLine() beyond the limit fails as a RangeError and drops the line", () =>
  inLoop(async () => {
    const reader = new StreamReader({ limit: 4 });
    reader.feedData(encode("0123456789\nnext\n"));
    await assertRejects(async () => await reader.readLine(), RangeError, "the limit is 4");
    assertEquals(decode(await reader.readLine()), "next\n");
    assertThrows(() => new StreamReader({ limit: 0 }), RangeError, "limit 0");
  }));

Deno.test("StreamReader refuses a second wait for bytes", () =>
  inLoop(async () => {
    const reader = new StreamReader();
    const first = createTask(async () => await reader.read(1));
    await sleep(0);
    await assertRejects(async () => await reader.read(1), InvalidStateError, "another one");
    reader.feedData(encode("x"));
    assertEquals(decode(await first), "x");
  }));

Deno.test("StreamReader.setException() fails the waiting read and all later ones", () =>
  inLoop(async () => {
    const reader = new StreamReader();
    const waiting = createTask(async () => await reader.readLine());
    await sleep(0);
    const error = new RangeError("lost");
    reader.setException(error);
    await assertRejects(async () => await waiting, RangeError, "lost");
    await assertRejects(async () => await reader.read(), RangeError, "lost");
    assertEquals(reader.exception(), error);
  }));

Deno.test("StreamReader loses nothing when a wait is cancelled", () =>
  inLoop(async () => {
    const reader = fed("ab", "cd");
    const task = createTask(async () => await reader.readExactly(4));
    await sleep(15);
    task.cancel();
    await assertRejects(async () => await task, CancelledError);
    assertEquals(decode(await reader.read()), "abcd");
  }));

Deno.test("StreamReader can be delegated to in a generator", () =>
  inLoop(async () => {
    const reader = fed("one\ntwo");
    const lines = await createTask(function* () {
      return [decode(yield* reader.readLine()), decode(yield* reader.read())];
    });
    assertEquals(lines, ["one\n", "two"]);
  }));

Deno.test("StreamReader takes many small pieces", () =>
  inLoop(async () => {
    const reader = new StreamReader();
    for (let i = 0; i < 20_000; i++) reader.feedData(encode(`${i},`));
    reader.feedEof();
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += parseInt(decode(await reader.readUntil(",")));
    assertEquals(sum, 20_000 * 19_999 / 2);
  }));

Deno.test("StreamReader.read() ends by its timeout or signal, and loses nothing", () =>
  inLoop(async () => {
    const reader = fed("ab", "cd");
    await assertRejects(async () => await reader.readExactly(4, { timeout: 15 }), TimeoutError);
    const controller = new AbortController();
    const reading = createTask(async () =>
      await reader.readExactly(9, { signal: controller.signal })
    );
    await sleep(0);
    controller.abort(new RangeError("enough"));
    await assertRejects(async () => await reading, RangeError, "enough");
    await assertRejects(
      async () => await reader.read(1, { signal: controller.signal }),
      RangeError,
      "enough",
    );
    assertThrows(() => reader.readLine({ timeout: NaN }), RangeError, "timeout NaN");
    assertEquals(decode(await reader.read(-1, { timeout: 60_000 })), "abcd");
  }));

Deno.test("a bounded read is cancelled with its task", () =>
  inLoop(async () => {
    const reader = new StreamReader();
    for (
      const read of [
        async () => await reader.readLine({ timeout: 60_000 }),
        function* () {
          return yield* reader.readLine({ timeout: 60_000 });
        },
      ]
    ) {
      const task = createTask<unknown>(read);
      await sleep(1);
      task.cancel();
      await assertRejects(async () => await task, CancelledError);
      assertEquals(task.cancelled(), true);
    }
  }));

Deno.test("readUntil takes several separators: the one that ends first counts", async () => {
  await run(async () => {
    const reader = new StreamReader({ limit: 20 });
    const text = new TextDecoder();
    const next = async (
      separators: Separator | readonly Separator[],
    ): Promise<string> => text.decode(await reader.readUntil(separators));
    const feed = (data: string): void => reader.feedData(new TextEncoder().encode(data));
    feed("some data\r\nmore;abcd");
    assertEquals(await next(["\r\n", ";"]), "some data\r\n");
    assertEquals(await next(["\r\n", new TextEncoder().encode(";")]), "more;");
    assertEquals(await next(["abcd", "bc"]), "abc");
    const waiting = next(["dxyz", "q"]);
    for (const letter of "xyzq") feed(letter);
    assertEquals([await waiting, await next("q")], ["dxyz", "q"]);
    for (const wrong of [5, null, {}, ["a", 5], new Uint16Array(1), new ArrayBuffer(1)]) {
      await assertRejects(async () => await next(wrong as never), TypeError, "give text");
    }
    for (const empty of ["", [], ["a", ""], new Uint8Array()]) {
      await assertRejects(async () => await next(empty), RangeError, "Cannot read until");
    }
    feed("x".repeat(30));
    await assertRejects(async () => await next([";", "\r\n\r\n"]), LimitOverrunError);
    assertEquals(reader.statistics(), { buffered: 30, waiting: 0, ended: false });
  });
});

Deno.test("StreamReader and StreamWriter refuse what is neither bytes nor text", async () => {
  await run(() => {
    assertThrows(() => new StreamReader({ limit: "5" as never }), TypeError, 'limit "5"');
    assertThrows(() => new StreamReader().feedData("text" as never), TypeError, "Uint8Array");
    const writer = new StreamWriter({
      write: (bytes) => Promise.resolve(bytes.length),
      close() {},
    });
    for (const wrong of [5, null, new ArrayBuffer(1), [1]]) {
      assertThrows(() => writer.write(wrong as never), TypeError, "Cannot write");
    }
    writer.close();
  });
});
