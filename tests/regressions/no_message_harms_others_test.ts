/** Hostile frames, handshakes, messages and marks end their own connection clearly, and harm nothing else; from a seed. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EOFError } from "../../src/core/errors.ts";
import { Client, Listener } from "../../src/multiprocessing/mod.ts";
import { type Duplex, HEADER } from "../../src/wire/frames/frame.ts";
import { FrameReader } from "../../src/wire/frames/frame_reader.ts";
import {
  fuzzChannel,
  fuzzCodec,
  fuzzHost,
  ListenerFuzz,
  NodeFuzz,
  type Tally,
} from "../support/hostile_fuzz.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { until } from "../support/until_waiting.ts";

const { random, seed } = seededRandom();

Deno.test(`a stream of anything ends its channel (${seed})`, async () => {
  for (let i = 0; i < 1_500; i++) await fuzzChannel(random, {});
});

Deno.test(`a marked value of anything is data or refused (${seed})`, () => {
  for (let i = 0; i < 1_500; i++) fuzzCodec(random, {});
});

Deno.test(`a child that says anything about objects harms no sibling (${seed})`, async () => {
  const fuzz = new NodeFuzz();
  const tally: Tally = {};
  for (let i = 0; i < 1_500; i++) await fuzz.round(random, tally);
});

Deno.test(`a worker that says anything ends each of its jobs once (${seed})`, async () => {
  for (let i = 0; i < 500; i++) await fuzzHost(random, {});
});

Deno.test(`peers that say anything leave a listener and a manager to the honest (${seed})`, async () => {
  await using fuzz = new ListenerFuzz();
  await fuzz.start();
  for (let i = 0; i < 150; i++) await fuzz.round(random, {});
});

Deno.test("a length is believed only as far as bytes have come", async () => {
  for (const sent of [0, 1_000, 3 * 2 ** 20]) {
    const header = new Uint8Array(HEADER);
    new DataView(header.buffer).setUint32(0, 2 ** 31, true);
    let left = sent;
    let room = 0;
    let isHeader = true;
    const duplex: Duplex = {
      read: (into) => {
        if (isHeader) {
          isHeader = false;
          into.set(header);
          return Promise.resolve(HEADER);
        }
        room = Math.max(room, into.buffer.byteLength);
        if (left === 0) return Promise.resolve(null);
        const read = Math.min(left, into.length);
        left -= read;
        return Promise.resolve(read);
      },
      write: (from) => Promise.resolve(from.length),
      close: () => {},
    };
    await assertRejects(() => new FrameReader(duplex, 2 ** 32).read(), EOFError);
    assert(room <= Math.max(2 ** 20, 8 * sent), `${sent} bytes made room for ${room}`);
  }
  assertThrows(() => new FrameReader({} as Duplex, NaN), RangeError);
});

Deno.test("a peer that floods has to wait until somebody receives", async () => {
  await using listener = new Listener({ authkey: "k" });
  const accepted = listener.accept<number>();
  const client = await Client<number>(listener.address, { authkey: "k" });
  const server = await accepted;
  const bytes = new Uint8Array(2 ** 20);
  let sent = 0;
  const flood = (async () => {
    for (; sent < 200; sent++) await client.sendBytes(bytes);
  })();
  await until(async () => {
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return before > 0 && before === sent;
  }, "the flood stands still");
  assert(sent < 200, "all was taken in although nobody received");
  for (let i = 0; i < 200; i++) assertEquals((await server.recvBytes()).length, bytes.length);
  await flood;
  client.close();
  server.close();
});
