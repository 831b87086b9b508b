import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EOFError,
  InvalidStateError,
  TimeoutError,
  TransferError,
} from "../../../src/core/errors.ts";
import { CancelledError, createTask, run, sleep } from "../../../src/asyncio/mod.ts";
import * as mp from "../../../src/multiprocessing/mod.ts";
import { type Connection, Process, Queue } from "../../../src/multiprocessing/mod.ts";
import { makePipe } from "../../../src/multiprocessing/connection/pipe.ts";
import { targets } from "../../support/targets/process_targets.ts";

function everything(): Record<string, unknown> {
  const cyclic: Record<string, unknown> = { name: "loop" };
  cyclic.self = cyclic;
  const shared = { x: 1 };
  return {
    map: new Map<unknown, unknown>([["a", new Set([1, 2n])], [shared, shared]]),
    date: new Date(86_400_000),
    expression: /a+/giu,
    bigint: 2n ** 70n,
    nothing: undefined,
    holes: [1, , 3],
    special: [NaN, -0, Infinity, -Infinity],
    bytes: new Uint8Array([1, 2, 3]),
    floats: new Float64Array(4096).fill(1.5),
    cyclic,
    match: "xay".match(/a(?<rest>y)/),
    proto: JSON.parse('{"__proto__": {"evil": 1}}'),
    surrogate: "\ud800 lone",
    boxed: [Object("text"), Object(5)],
  };
}

/** Both ways in which messages go. */
const WAYS = [
  { how: "", Pipe: mp.Pipe },
  {
    how: "served: ",
    Pipe: <A = unknown, B = A>({ duplex = true } = {}) => makePipe<A, B>(duplex, null),
  },
];

for (const { how, Pipe } of WAYS) {
  Deno.test(`${how}a receive ends when its connection is passed on, and takes nothing any more`, async () => {
    const [ours, theirs] = Pipe<unknown>();
    const waits = assertRejects(() => ours.recv(), EOFError);
    await using child = new Process({ target: targets.giveBack, args: [ours] }).start();
    await waits;
    const back = await child.result as Connection<unknown>;
    await theirs.send("new");
    assertEquals(await back.recv({ timeout: 20_000 }), "new");
    back.close();
    theirs.close();
  });

  Deno.test(`${how}Pipe() carries everything that structured clone carries, there and back`, async () => {
    const [ours, theirs] = Pipe();
    await using _child = new Process({ target: targets.answer, args: [theirs] }).start();
    const sent = everything();
    await ours.send(sent);
    const got = await ours.recv() as ReturnType<typeof everything>;
    assertEquals(got, structuredClone(sent));
    assert((got.cyclic as { self: unknown }).self === got.cyclic);
    assertEquals(0 in (got.holes as unknown[]) && 1 in (got.holes as unknown[]), false);
    assert(Object.is((got.special as number[])[1], -0));
    assertEquals((got.match as RegExpMatchArray).index, 1);
    const error = new RangeError("outer", { cause: new TypeError("inner") });
    await ours.send(error);
    const back = await ours.recv() as RangeError;
    assert(back instanceof RangeError && back.cause instanceof TypeError);
    ours.close();
  });

  Deno.test(`${how}Pipe() keeps order and boundaries of many messages at once`, async () => {
    const [ours, theirs] = Pipe<number>();
    await using _child = new Process({ target: targets.answer, args: [theirs] }).start();
    const count = 1000;
    const sending = (async () => {
      for (let i = 0; i < count; i++) await ours.send(i);
    })();
    for (let i = 0; i < count; i++) assertEquals(await ours.recv(), i);
    await sending;
    ours.close();
  });

  Deno.test(`${how}Connection.sendBytes() carries big and empty bytes as they are`, async () => {
    const [ours, theirs] = Pipe();
    await using _child = new Process({ target: targets.answerBytes, args: [theirs] }).start();
    const big = crypto.getRandomValues(new Uint8Array(60_000));
    const bytes = new Uint8Array(3_000_000);
    for (let i = 0; i < bytes.length; i += big.length) bytes.set(big, i);
    await ours.sendBytes(bytes);
    assertEquals(await ours.recvBytes(), bytes);
    await ours.sendBytes(new Uint8Array());
    assertEquals(await ours.recvBytes(), new Uint8Array());
    await ours.sendBytes(bytes, 10, 5);
    assertEquals(await ours.recvBytes(), bytes.slice(10, 15));
    const into = new Uint8Array(8);
    await ours.sendBytes(bytes, 0, 5);
    assertEquals(await ours.recvBytesInto(into, 2), 5);
    assertEquals(into.slice(2, 7), bytes.slice(0, 5));
    await ours.sendBytes(bytes, 0, 9);
    const error = await assertRejects(() => ours.recvBytesInto(into), RangeError);
    assertEquals(error.cause, bytes.slice(0, 9));
    await ours.sendBytes(bytes, 0, 9);
    await assertRejects(() => ours.recvBytes(8), RangeError);
    await assertRejects(() => ours.sendBytes(bytes, -1), RangeError);
    await assertRejects(() => ours.sendBytes(new Uint8Array(4), 2, 3), RangeError);
    ours.close();
  });

  Deno.test(`${how}Connection.recv() gives what was sent before the close, then EOFError`, async () => {
    const [ours, theirs] = Pipe();
    await ours.send(1);
    await ours.send(2);
    ours.close();
    assertEquals([await theirs.recv(), await theirs.recv()], [1, 2]);
    await assertRejects(() => theirs.recv(), EOFError);
    await assertRejects(() => theirs.send(3), EOFError);
    await assertRejects(() => ours.recv(), InvalidStateError, "closed");
    theirs.close();
  });

  Deno.test(`${how}Connection.recv() ends when the other end's process is killed`, async () => {
    const [ours, theirs] = Pipe();
    const child = new Process({ target: targets.keep, args: [theirs] }).start();
    const received = ours.recv();
    await child.join({ timeout: 100 });
    child.kill();
    await assertRejects(() => received, EOFError);
    await child.join();
    ours.close();
  });

  Deno.test(`${how}Connection.recv() ends when the process never came to take its end`, async () => {
    const [ours, theirs] = Pipe();
    const child = new Process({ target: targets.keep, args: [theirs] }).start();
    child.kill();
    await assertRejects(() => ours.recv(), EOFError);
    await child.join();
  });

  Deno.test(`${how}Connection moves when it is passed on, also through a queue`, async () => {
    const queue = new Queue<Connection<string>>();
    const [ours, theirs] = Pipe<string>();
    await using child = new Process({ target: targets.takeConnection, args: [queue] }).start();
    await ours.send("before it moved");
    await queue.put(theirs);
    assert(theirs.closed);
    await assertRejects(() => theirs.send("x"), InvalidStateError, "moved");
    assertEquals(await ours.recv(), "got before it moved");
    assertEquals(await child.result, "passed");
    ours.close();
  });

  Deno.test(`${how}an end that moves while its messages are received has room for as many in its new place`, async () => {
    const [ours, theirs] = Pipe<number>();
    const [parcels, by] = Pipe<Connection<number>>();
    const count = 32, more = 500; // after 32 a sender is told; it may be 128 ahead
    await using _first = new Process({
      target: targets.sendAndPassOn,
      args: [theirs, count, by],
    }).start();
    assertEquals(await parcels.poll(Infinity), true); // the end has left, and is nowhere yet
    for (let i = 0; i < count; i++) assertEquals(await ours.recv(), i);
    const end = await parcels.recv();
    await using second = new Process({ target: targets.sendNumbers, args: [end, more] }).start();
    for (let i = 0; i < more; i++) assertEquals(await ours.recv(), i);
    assertEquals(await second.result, undefined);
    for (const each of [ours, parcels]) each.close();
  });

  Deno.test(`${how}Pipe({ duplex: false }) has a reader and a writer`, async () => {
    const [reader, writer] = Pipe({ duplex: false });
    assertEquals([reader.readable, reader.writable], [true, false]);
    await assertRejects(() => reader.send(1), InvalidStateError, "read-only");
    await assertRejects(() => writer.recv(), InvalidStateError, "write-only");
    await writer.send("x");
    assertEquals(await reader.recv(), "x");
    reader.close();
    writer.close();
  });

  Deno.test(`${how}Connection.poll() says whether something can be received`, async () => {
    const [ours, theirs] = Pipe();
    assertEquals(await ours.poll(), false);
    assertEquals(await ours.poll(5), false);
    const polled = ours.poll(Infinity);
    await theirs.send(1);
    assertEquals(await polled, true);
    assertEquals([await ours.poll(), await ours.recv(), await ours.poll()], [true, 1, false]);
    theirs.close();
    assertEquals(await ours.poll(), true);
    await assertRejects(() => ours.recv(), EOFError);
  });

  Deno.test(`${how}Connection.recv() can time out and be aborted`, async () => {
    const [ours, theirs] = Pipe();
    await assertRejects(() => ours.recv({ timeout: 2 }), TimeoutError);
    const abort = new AbortController();
    const received = ours.recv({ signal: abort.signal });
    abort.abort(new Error("enough"));
    await assertRejects(() => received, Error, "enough");
    await theirs.send("still there");
    assertEquals(await ours.recv(), "still there");
    ours.close();
  });

  Deno.test(`${how}a wait for a message ends with the task that waits, and takes nothing then`, async () => {
    const [receiver, sender] = Pipe<string>({ duplex: false });
    await run(async () => {
      const waiting = createTask(async () => await receiver.recv());
      await sleep(0);
      waiting.cancel();
      await assertRejects(async () => await waiting, CancelledError);
      // One that is cancelled after it was granted gives the message back.
      const granted = createTask(async () => await receiver.recv());
      await sleep(0);
      const sent = sender.send("for the next");
      granted.cancel();
      await assertRejects(async () => await granted, CancelledError);
      await sent;
      assertEquals(await receiver.recv(), "for the next");
    });
    receiver.close();
    sender.close();
  });

  Deno.test(`${how}Connection.send() copies, and refuses what cannot cross`, async () => {
    const [ours, theirs] = Pipe<{ list: number[] }>();
    const message = { list: [1] };
    await ours.send(message);
    message.list.push(2);
    assertEquals(await theirs.recv(), { list: [1] });
    const bad = { deep: { call: () => 1 } } as unknown as { list: number[] };
    const error = await assertRejects(() => ours.send(bad), TransferError);
    assertEquals(error.path, "deep.call");
    ours.close();
    assertEquals(ours.statistics(), { sent: 1, received: 0, closed: true });
  });
}
