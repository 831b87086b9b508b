/** Two minutes of hostile frames, handshakes, messages and marks, and 500 peers at once; prints what came of them. */
import "../support/leak_guard.ts";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProcessExitedError } from "../../src/core/errors.ts";
import { Client, Listener, Lock, Process } from "../../src/multiprocessing/mod.ts";
import { authenticateToListener, keyBytes } from "../../src/wire/frames/authentication.ts";
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
/** So much more that is held than in the first rounds is no longer bounded, in bytes. */
const MOST_MORE = 16 * 1024 * 1024;
/** After so many milliseconds it is looked at again. */
const WINDOW = 15_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** The bytes that are held once all garbage is collected. */
async function heldNow(): Promise<number> {
  collect();
  await new Promise((resolve) => setTimeout(resolve, 20)); // finalizers run
  collect();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

Deno.test(`stress: hostile messages end their own connection (${seed})`, async () => {
  const tally: Tally = {};
  const node = new NodeFuzz();
  await using listener = new ListenerFuzz();
  await listener.start();
  const end = performance.now() + DURATION;
  const held: number[] = [];
  let nextLook = performance.now() + Math.min(WINDOW, DURATION / 4);
  let most = 0;
  let rounds = 0;
  for (; performance.now() < end; rounds++) {
    await fuzzChannel(random, tally);
    fuzzCodec(random, tally);
    await node.round(random, tally);
    if (rounds % 4 === 0) await fuzzHost(random, tally);
    await listener.round(random, tally);
    if (performance.now() < nextLook) continue;
    nextLook += WINDOW;
    most = Math.max(most, Deno.memoryUsage().rss);
    held.push(await heldNow());
    const more = held.at(-1)! - held[0]!;
    assert(more < MOST_MORE, `${more} bytes more are held than in the first rounds`);
  }
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  console.log(`held: ${mib(held[0]!)} MiB at first, ${mib(held.at(-1)!)} MiB at last`);
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
