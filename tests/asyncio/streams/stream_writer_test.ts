import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ByteSink,
  CancelledError,
  createTask,
  InvalidStateError,
  run,
  sleep,
  StreamWriter,
} from "../../../src/asyncio/mod.ts";
import { setTimer } from "../../../src/core/clock.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

/** A sink that takes up to `size` bytes each ten virtual milliseconds, and notes what it got. */
function slowSink(size = 100_000): ByteSink & { got: string; fail: Error | null } {
  const sink = {
    got: "",
    fail: null as Error | null,
    info: { peername: "nobody" },
    async write(bytes: Uint8Array): Promise<number> {
      await new Promise<void>((resolve) => setTimer(resolve, 10));
      if (sink.fail !== null) throw sink.fail;
      const taken = bytes.subarray(0, size);
      sink.got += new TextDecoder().decode(taken);
      return taken.length;
    },
    closeWrite(): Promise<void> {
      sink.got += "<end>";
      return Promise.resolve();
    },
    close(): void {
      sink.got += "<closed>";
    },
  };
  return sink;
}

async function inLoop(fn: () => Promise<void>): Promise<void> {
  using _clock = new VirtualClock();
  await run(fn);
}

Deno.test("StreamWriter sends in order what was written without waiting, then closes", () =>
  inLoop(async () => {
    const sink = slowSink(2);
    const writer = new StreamWriter(sink);
    writer.write("one,");
    writer.writeLines(["two,", new TextEncoder().encode("three")]);
    assertEquals([sink.got, writer.statistics()], ["", { buffered: 13, sent: 0 }]);
    assertEquals(writer.isClosing(), false);
    writer.close();
    assertEquals(writer.isClosing(), true);
    await writer.waitClosed();
    assertEquals(sink.got, "one,two,three<closed>");
    assertEquals(writer.statistics(), { buffered: 0, sent: 13 });
    assertThrows(() => writer.write("x"), InvalidStateError, "closing");
  }));

Deno.test("StreamWriter.write() copies: the memory may be used again at once", () =>
  inLoop(async () => {
    const sink = slowSink();
    await using writer = new StreamWriter(sink);
    const bytes = new Uint8Array([97, 98]);
    writer.write(bytes);
    bytes.fill(120);
    await sleep(50);
    assertEquals(sink.got, "ab");
  }));

Deno.test("StreamWriter.drain() waits while too much is in line, and not otherwise", () =>
  inLoop(async () => {
    using clock = new VirtualClock();
    const writer = new StreamWriter(slowSink(10_000));
    writer.write("x".repeat(60_000));
    await writer.drain();
    assertEquals(clock.now(), 0);
    writer.write("x".repeat(20_000));
    await writer.drain();
    assertEquals(clock.now(), 70);
    assert(writer.statistics().buffered <= 16_384);
    writer.close();
    await writer.waitClosed();
  }));

Deno.test("StreamWriter.writeEof() sends the end after the rest, and leaves reading open", () =>
  inLoop(async () => {
    const sink = slowSink();
    const writer = new StreamWriter(sink);
    writer.write("data");
    writer.writeEof();
    writer.writeEof();
    assertThrows(() => writer.write("x"), InvalidStateError);
    await sleep(50);
    assertEquals([sink.got, writer.canWriteEof(), writer.isClosing()], ["data<end>", true, false]);
    writer.close();
    await writer.waitClosed();
    assertEquals(sink.got, "data<end><closed>");
    const oneWay = new StreamWriter({ ...slowSink(), closeWrite: undefined });
    assertThrows(() => oneWay.writeEof(), InvalidStateError);
  }));

Deno.test("StreamWriter tells of a lost connection at drain() and waitClosed()", () =>
  inLoop(async () => {
    const sink = slowSink();
    const writer = new StreamWriter(sink);
    sink.fail = new Deno.errors.BrokenPipe("gone");
    writer.write("x");
    await sleep(50);
    assertEquals([writer.isClosing(), sink.got], [true, "<closed>"]);
    writer.write("dropped");
    await assertRejects(async () => await writer.drain(), Deno.errors.BrokenPipe);
    await assertRejects(async () => await writer.waitClosed(), Deno.errors.BrokenPipe);
    await writer[Symbol.asyncDispose]();
  }));

Deno.test("StreamWriter.abort() closes at once and drops what is in line", () =>
  inLoop(async () => {
    const sink = slowSink();
    const writer = new StreamWriter(sink);
    writer.write("first");
    writer.write("second");
    writer.abort();
    await writer.waitClosed();
    assertEquals(sink.got, "<closed>");
    await sleep(50);
    assert(!sink.got.includes("second"), sink.got);
  }));

Deno.test("StreamWriter lets a cancelled drain() go, and goes on sending", () =>
  inLoop(async () => {
    const sink = slowSink(50_000);
    const writer = new StreamWriter(sink);
    writer.write("x".repeat(100_000));
    const draining = createTask(async () => await writer.drain());
    await sleep(0);
    draining.cancel();
    await assertRejects(async () => await draining, CancelledError);
    writer.close();
    await writer.waitClosed();
    assertEquals(sink.got.length, 100_000 + "<closed>".length);
    assertEquals([writer.getExtraInfo("peername"), writer.getExtraInfo("x", 1)], ["nobody", 1]);
  }));
