/** However many connect and say nothing, or little, whoever knows the key gets in. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AuthenticationError } from "../../src/core/errors.ts";
import { BaseManager, Client, Listener } from "../../src/multiprocessing/mod.ts";

const authkey = "the key";
const tcp = { hostname: "127.0.0.1", port: 0 };
/** The time of the silent is over long after the test. */
const patience = 600_000;

/** Connects `count` strangers, of whom each says `words`. */
async function strangers(
  address: { hostname: string; port: number },
  count: number,
  words = new Uint8Array(),
): Promise<Deno.Conn[]> {
  const come = await Promise.all(Array.from({ length: count }, () => Deno.connect(address)));
  for (const each of come) {
    if (words.length > 0) await each.write(words).catch(() => {}); // it may be turned away already
  }
  return come;
}

for (const [what, words] of [["silent", 0], ["slow", 1], ["talking nonsense", 72]] as const) {
  Deno.test(`200 ${what} strangers keep nobody out of a Listener`, async () => {
    await using listener = new Listener({ address: tcp, authkey, patience });
    const address = listener.address as { hostname: string; port: number };
    const crowd = await strangers(address, 200, new Uint8Array(words).fill(7));
    const accepted = acceptFriend(listener);
    const client = await Client(address, { authkey, patience });
    const server = await accepted;
    await client.send(1);
    assertEquals(await server.recv(), 1);
    assert(listener.statistics().pending <= 64);
    for (const each of crowd) each.close();
    client.close();
    server.close();
  });
}

/** The next one that knows the key. */
async function acceptFriend(listener: Listener): Promise<Awaited<ReturnType<Listener["accept"]>>> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
    }
  }
}

Deno.test("silent strangers keep nobody out of a BaseManager", async () => {
  await using server = new BaseManager({ address: tcp, authkey });
  server.register("Thing", () => ({ one: () => 1 }));
  server.start();
  const crowd = await strangers(server.address as { hostname: string; port: number }, 100);
  await using client = new BaseManager({ address: server.address, authkey });
  await client.connect();
  assertEquals(await (await client.create<{ one(): number }>("Thing")).one(), 1);
  for (const each of crowd) each.close();
});

Deno.test("bounds that are none are refused", async () => {
  const bad: [object, string][] = [];
  for (const value of [NaN, 0, -1, 1.5, Infinity]) {
    bad.push([{ maxPending: value }, "maxPending"], [{ maxMessageLength: value }, "maxMessage"]);
  }
  bad.push([{ patience: NaN }, "patience"], [{ patience: -1 }, "patience"]);
  for (const [options, name] of bad) {
    assertThrows(() => new Listener({ authkey, ...options }), RangeError, name);
    if (name === "maxPending") continue;
    await assertRejects(() => Client("/nowhere", { authkey, ...options }), RangeError, name);
  }
  assertThrows(() => new Listener({ authkey, maxPending: "64" as never }), TypeError, "maxPending");
});
