/** Two minutes of hostile frames, handshakes, messages and marks, and 500 peers at once; prints what came of them. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProcessExitedError } from "../../src/core/mod.ts";
import { Client, Listener, Lock, Process } from "../../src/multiprocessing/mod.ts";
import { authenticateToListener, keyBytes } from "../../src/wire/mod.ts";
import {
  fuzzChannel,
  fuzzCodec,
  fuzzHost,
  ListenerFuzz,
  NodeFuzz,
  type Tally,
} from "../support/hostile_fuzz.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { hostile } from "../support/targets/hostile_targets.ts";

const { random, seed } = seededRandom();

/** How long it goes on, in milliseconds. */
const DURATION = Number(Deno.env.get("FUZZ_MS") ?? 120_000);
/** So much more that is held after each collection than in the first rounds is no longer bounded, in bytes. */
const MOST_MORE = 96 * 1024 * 1024;
/** In so many milliseconds all garbage is collected at least once. */
const WINDOW = 15_000;

Deno.test(`stress: hostile messages end their own connection (${seed})`, async () => {
  const tally: Tally = {};
  const node = new NodeFuzz();
  await using listener = new ListenerFuzz();
  await listener.start();
  const end = performance.now() + DURATION;
  const floors: number[] = []; // the least that was held in each window: what is garbage is gone then
  let floor = Infinity;
  let nextWindow = performance.now() + Math.min(WINDOW, DURATION / 4);
  let most = 0;
  let rounds = 0;
  for (; performance.now() < end; rounds++) {
    await fuzzChannel(random, tally);
    fuzzCodec(random, tally);
    await node.round(random, tally);
    if (rounds % 4 === 0) await fuzzHost(random, tally);
    await listener.round(random, tally);
    if (rounds % 10 > 0) continue;
    const { rss, heapUsed, external } = Deno.memoryUsage();
    most = Math.max(most, rss);
    floor = Math.min(floor, heapUsed + external);
    if (performance.now() < nextWindow) continue;
    nextWindow += WINDOW;
    floors.push(floor);
    floor = Infinity;
    const more = floors.at(-1)! - floors[0]!;
    assert(more < MOST_MORE, `${more} bytes more are held than in the first rounds`);
  }
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  console.log(`held: ${mib(floors[0]!)} MiB at first, ${mib(floors.at(-1)!)} MiB at last`);
  console.log(`${rounds} rounds (${seed}), at most ${mib(most)} MiB resident:`, tally);
});

Deno.test("stress: 500 proven peers claim a quarter of a gigabyte each, and are cut off", async () => {
  const address = { hostname: "127.0.0.1", port: 0 };
  await using listener = new Listener({ address, authkey: "k" });
  const at = listener.address as { hostname: string; port: number };
  const servers = Array.fromAsync({ length: 500 }, () => listener.accept());
  const before = Deno.memoryUsage().rss;
  const claim = new Uint8Array(4096);
  new DataView(claim.buffer).setUint32(0, 255 * 1024 * 1024, true);
  claim[4] = 3;
  const peers: Deno.Conn[] = [];
  while (peers.length < 500) {
    peers.push(
      ...await Promise.all(Array.from({ length: 50 }, async () => {
        const conn = await Deno.connect(at);
        await authenticateToListener(conn, keyBytes("k"));
        await conn.write(claim);
        return conn;
      })),
    );
  }
  const connections = await servers;
  const held = Deno.memoryUsage().rss - before;
  assert(held < 1.5 * 2 ** 30, `500 claims took ${Math.round(held / 2 ** 20)} MiB`);
  const accepted = listener.accept();
  const honest = await Client(at, { authkey: "k" });
  await honest.send("served");
  const server = await accepted;
  assertEquals(await server.recv(), "served");
  for (const peer of peers) peer.close();
  for (const each of connections) {
    await assertRejects(() => each.recv(), Error, "middle of a message");
  }
  for (const each of [...connections, honest, server]) each.close();
  console.log(`500 claims of 255 MiB took ${Math.round(held / 2 ** 20)} MiB`);
});

Deno.test("stress: 500 silent strangers at once, and one that knows the key", async () => {
  const address = { hostname: "127.0.0.1", port: 0 };
  await using listener = new Listener({ address, authkey: "k" });
  const at = listener.address as { hostname: string; port: number };
  const crowd = await Promise.all(Array.from({ length: 500 }, () => Deno.connect(at)));
  const began = performance.now();
  const accepted = listener.accept();
  const client = await Client(at, { authkey: "k" });
  console.log(`let in behind 500 silent ones after ${Math.round(performance.now() - began)} ms`);
  (await accepted).close();
  client.close();
  for (const each of crowd) each.close();
});

Deno.test(`stress: children without permissions that say anything are ended, alone (${seed})`, async () => {
  const lock = new Lock();
  let ended = 0;
  for (let i = 0; i < 60; i++) {
    const messages = Array.from({ length: 200 }, () => lie());
    await using child = new Process({
      target: hostile.say,
      args: [messages],
      permissions: "none",
    }).start();
    await assertRejects(() => child.result, ProcessExitedError);
    await child.join();
    ended += child.statistics().refused > 0 ? 1 : 0;
    await using _held = await lock.acquire();
  }
  console.log(`${ended} of 60 children were refused and ended`);
  assertEquals(ended, 60);
});

/** A message about objects with words for paths. */
function lie(): unknown {
  const words = ["<me>", "<parent>", "<below>", "*", "zz", 5, null, "1-x", [], NaN];
  const message = Array.from({ length: 2 + random(7) }, () => words[random(words.length)]);
  if (random(2) === 0) message[2] = random(11) as never;
  return message;
}
