import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EOFError } from "../../../src/core/errors.ts";
import type { Duplex, Frame } from "../../../src/wire/frames/frame.ts";
import { FrameReader } from "../../../src/wire/frames/frame_reader.ts";
import { FrameWriter } from "../../../src/wire/frames/frame_writer.ts";

/** A stream that gives `bytes` in pieces of `size`, and keeps what is written in pieces of `taken`. */
class Loop implements Duplex {
  readonly written: number[] = [];
  writes = 0;
  readonly #bytes: Uint8Array;
  readonly #size: number;
  readonly #taken: number;
  #at = 0;

  constructor(bytes: Uint8Array = new Uint8Array(), size = Infinity, taken = Infinity) {
    this.#bytes = bytes;
    this.#size = size;
    this.#taken = taken;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#at >= this.#bytes.length) return Promise.resolve(null);
    const piece = this.#bytes.subarray(this.#at, this.#at + Math.min(this.#size, into.length));
    into.set(piece);
    this.#at += piece.length;
    return Promise.resolve(piece.length);
  }

  write(from: Uint8Array): Promise<number> {
    this.writes++;
    const piece = from.subarray(0, this.#taken);
    for (const byte of piece) this.written.push(byte);
    return Promise.resolve(piece.length);
  }

  close(): void {}
}

const bytes = (length: number, from = 0): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i + from) & 255);

/** The bytes of frames, written a few at a time. */
async function written(
  frames: readonly (readonly [number, Uint8Array, Uint8Array[]?])[],
  taken = Infinity,
): Promise<Loop> {
  const loop = new Loop(undefined, undefined, taken);
  const writer = new FrameWriter(loop, (error) => {
    throw error;
  });
  for (const [kind, body, attachments] of frames) writer.push(kind, body, attachments);
  await writer.flushed();
  return loop;
}

async function readAll(reader: FrameReader): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    frames.push({ ...frame, body: frame.body.slice() });
  }
  return frames;
}

const frames = [
  [1, bytes(0)],
  [2, bytes(5)],
  [3, bytes(70_000)],
  [4, bytes(10), [bytes(100_000, 3), bytes(0), bytes(20)]],
  [5, bytes(65_530)],
  [255, bytes(1)],
] as const;

for (const size of [1, 7, 1000, 65_536]) {
  Deno.test(`frames arrive as they were sent, in pieces of ${size}`, async () => {
    const loop = await written(
      frames.map(([kind, body, more]) => [kind, body, more?.slice()]),
      999,
    );
    const reader = new FrameReader(new Loop(Uint8Array.from(loop.written), size), 2 ** 20);
    const got = await readAll(reader);
    assertEquals(got.map(({ kind }) => kind), frames.map(([kind]) => kind));
    assertEquals(got.map(({ body }) => body), frames.map(([, body]) => body));
    assertEquals(got[3]?.attachments, [...frames[3][2]]);
  });
}

Deno.test("FrameWriter joins what is small into few writes", async () => {
  const loop = await written(Array.from({ length: 500 }, (_, i) => [1, bytes(i % 20)] as const));
  assertEquals(loop.writes <= 3, true);
});

/** A stream that takes what it is given to write only later, a few bytes at a time. */
class SlowStream implements Duplex {
  readonly written: number[] = [];

  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async write(from: Uint8Array): Promise<number> {
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    const piece = from.subarray(0, 1_000);
    for (const byte of piece) this.written.push(byte);
    return piece.length;
  }

  close(): void {}
}

Deno.test("FrameWriter writes what was pushed, whatever is pushed while a write is under way", async () => {
  const stream = new SlowStream();
  const writer = new FrameWriter(stream, (error) => {
    throw error;
  });
  const texts: string[] = [];
  for (let i = 0; i < 400; i++) {
    const text = `${i} ${"aé€😀".repeat(i % 17 === 0 ? 2_500 : i % 50)}`;
    texts.push(text);
    if (i % 3 === 0) writer.push(2, new TextEncoder().encode(text));
    else writer.pushText(2, text);
    if (i % 7 === 0) await Promise.resolve();
    if (i % 90 === 0) await writer.flushed();
  }
  await writer.flushed();
  assertEquals(writer.isWriting, false);
  const reader = new FrameReader(new Loop(Uint8Array.from(stream.written)), 2 ** 20);
  const got = (await readAll(reader)).map(({ body }) => new TextDecoder().decode(body));
  assertEquals(got, texts);
});

Deno.test("FrameReader.tryRead() and fill() take frames that are here whole", async () => {
  const loop = await written([[1, bytes(3)], [2, bytes(4)], [3, bytes(80_000)]]);
  const reader = new FrameReader(new Loop(Uint8Array.from(loop.written)), 2 ** 20);
  assertEquals(reader.tryRead(), undefined);
  assertEquals(await reader.fill(), true);
  assertEquals([reader.tryRead()?.kind, reader.tryRead()?.kind, reader.tryRead()], [
    1,
    2,
    undefined,
  ]);
  assertEquals(reader.isBig, true);
  assertEquals((await reader.read())?.body, bytes(80_000));
  assertEquals(await reader.fill(), false);
});

Deno.test("FrameReader refuses a frame beyond its limit before it takes any of it", async () => {
  const header = (length: number, count = 0) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, length, true);
    view.setUint8(4, 1);
    view.setUint16(6, count, true);
    return new Uint8Array(view.buffer);
  };
  const reader = (given: Uint8Array) => new FrameReader(new Loop(given), 1000);
  await assertRejects(() => reader(header(1001)).read(), RangeError, "limit");
  await assertRejects(() => reader(header(0xffff_ffff)).read(), RangeError, "limit");
  const attached = Uint8Array.from([...header(10, 2), 255, 3, 0, 0, 255, 255, 255, 255]);
  await assertRejects(() => reader(attached).read(), RangeError, "limit");
  const second = reader(Uint8Array.from([...header(1), 7, ...header(5000)]));
  await second.fill();
  second.tryRead();
  assertThrows(() => second.tryRead(), RangeError);
});

Deno.test("FrameReader tells an end within a frame from one between frames", async () => {
  const { written: all } = await written([[1, bytes(100), [bytes(70_000)]]]);
  for (const cut of [1, 7, 9, 13, 100, all.length - 1]) {
    const reader = new FrameReader(new Loop(Uint8Array.from(all.slice(0, cut))), 2 ** 20);
    await assertRejects(() => reader.read(), EOFError, "middle");
  }
  assertEquals(await new FrameReader(new Loop(), 10).read(), null);
});

Deno.test("FrameWriter tells once that the stream takes no more", async () => {
  const errors: unknown[] = [];
  const broken = { ...new Loop(), read: () => Promise.resolve(null), close: () => {} };
  const writer = new FrameWriter(
    { ...broken, write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) },
    (error) => errors.push(error),
  );
  writer.push(1, bytes(3));
  await writer.flushed();
  writer.push(1, bytes(3));
  await writer.flushed();
  assertEquals([errors.length, writer.broken], [1, true]);
});
