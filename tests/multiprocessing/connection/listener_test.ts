import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AuthenticationError,
  EOFError,
  InvalidStateError,
  TimeoutError,
} from "../../../src/core/errors.ts";
import { Client, type Connection, Listener, Process } from "../../../src/multiprocessing/mod.ts";
import { authenticateToListener, keyBytes } from "../../../src/wire/frames/authentication.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

const authkey = "the key";

/** Connects without speaking. */
async function connect(listener: Listener): Promise<Deno.Conn> {
  const { address } = listener;
  return typeof address === "string"
    ? await Deno.connect({ transport: "unix", path: address })
    : await Deno.connect(address as { hostname: string; port: number });
}

/** Connects, proves the key and leaves the socket to the caller. */
async function connectRaw(listener: Listener): Promise<Deno.Conn> {
  const conn = await connect(listener);
  await authenticateToListener(conn, keyBytes(authkey));
  return conn;
}

/** Reads until the other side has closed; returns how many bytes came. */
async function drain(conn: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(4096);
  let total = 0;
  try {
    for (;;) {
      const read = await conn.read(buffer);
      if (read === null) break;
      total += read;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  conn.close();
  return total;
}

for (
  const [name, address] of [["unix", undefined], ["tcp", {
    hostname: "127.0.0.1",
    port: 0,
  }]] as const
) {
  Deno.test(`Listener and Client talk over ${name}`, async () => {
    await using listener = new Listener({ address, authkey });
    const [server, client] = await Promise.all([
      listener.accept<Map<string, bigint>>(),
      Client<Map<string, bigint>>(listener.address, { authkey }),
    ]);
    await client.send(new Map([["a", 1n]]));
    assertEquals(await server.recv(), new Map([["a", 1n]]));
    await server.sendBytes(new Uint8Array(300_000).fill(9));
    assertEquals((await client.recvBytes()).length, 300_000);
    client.close();
    await assertRejects(() => server.recv(), EOFError);
    server.close();
    assertEquals(listener.statistics().accepted, 1);
  });
}

Deno.test("Listener is reached from another process", async () => {
  await using listener = new Listener({ authkey });
  await using child = new Process({
    target: targets.callHome,
    args: [listener.address, authkey],
  }).start();
  const connection: Connection<number, string> = await listener.accept();
  assertEquals(await connection.recv(), "hello");
  await connection.send(5);
  assertEquals(await child.result, 10);
  connection.close();
});

Deno.test("a wrong key is an AuthenticationError on both sides, and the next client gets in", async () => {
  await using listener = new Listener({ authkey });
  const refused = listener.accept();
  await Promise.all([
    assertRejects(() => Client(listener.address, { authkey: "another" }), AuthenticationError),
    assertRejects(() => refused, AuthenticationError),
  ]);
  const [server, client] = await Promise.all([
    listener.accept(),
    Client(listener.address, { authkey }),
  ]);
  server.close();
  client.close();
  assertEquals(listener.statistics().refused, 1);
});

Deno.test("Client refuses a listener that does not know the key", async () => {
  const impostor = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await impostor.accept();
    await conn.write(new TextEncoder().encode("quartet1" + "x".repeat(32)));
    await conn.read(new Uint8Array(100));
    await conn.write(new Uint8Array(33).fill(1)); // "accepted", without the proof
  })();
  const { port } = impostor.addr;
  await assertRejects(
    () => Client({ hostname: "127.0.0.1", port }, { authkey }),
    AuthenticationError,
    "does not know the key",
  );
  await serving;
  impostor.close();
});

Deno.test("a silent stranger is dropped in time and holds up nobody", async () => {
  await using listener = new Listener({ authkey, patience: 1000 });
  const stranger = await connect(listener);
  const [server, client] = await Promise.all([
    listener.accept(),
    Client(listener.address, { authkey }),
  ]);
  await drain(stranger);
  await until(() => listener.statistics().dropped === 1, "the stranger is dropped");
  server.close();
  client.close();
});

Deno.test("a stranger who says something else is refused and told nothing", async () => {
  await using listener = new Listener({ authkey });
  const refused = assertRejects(() => listener.accept(), AuthenticationError);
  const stranger = await connect(listener);
  await stranger.write(new Uint8Array(4096).fill(0xff));
  assert(await drain(stranger) <= 40 + 33);
  await refused;
});

Deno.test("only so many strangers are heard at once", async () => {
  await using listener = new Listener({ authkey, patience: 100, maxPending: 3 });
  const strangers = await Promise.all([1, 2, 3, 4, 5].map(() => connect(listener)));
  await until(() => listener.statistics().dropped >= 2, "the last ones are dropped");
  assert(listener.statistics().pending <= 3);
  await Promise.all(strangers.map(drain));
});

Deno.test("a frame that is cut off ends the connection with an error", async () => {
  await using listener = new Listener({ authkey });
  const [server, raw] = await Promise.all([listener.accept(), connectRaw(listener)]);
  await raw.write(new Uint8Array([100, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3]));
  raw.close();
  await assertRejects(() => server.recv(), EOFError);
  server.close();
});

Deno.test("a frame beyond the limit closes the connection before it is read", async () => {
  await using listener = new Listener({ authkey, maxMessageLength: 1000 });
  const [server, raw] = await Promise.all([listener.accept(), connectRaw(listener)]);
  const before = Deno.memoryUsage().rss;
  await raw.write(new Uint8Array([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0]));
  await assertRejects(() => server.recv(), RangeError, "the limit of this connection is 1000");
  await drain(raw);
  assert(Deno.memoryUsage().rss - before < 100 * 2 ** 20);
  server.close();
});

Deno.test("a frame that is no message closes the connection", async () => {
  await using listener = new Listener({ authkey });
  const [server, raw] = await Promise.all([listener.accept(), connectRaw(listener)]);
  await raw.write(new Uint8Array([3, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3]));
  await assertRejects(() => server.recv(), TypeError, "kind 9");
  await drain(raw);
  server.close();
});

Deno.test("Listener.accept() times out, and fails once it is closed", async () => {
  const listener = new Listener({ authkey });
  await assertRejects(() => listener.accept({ timeout: 2 }), TimeoutError);
  const accepting = listener.accept();
  listener.close();
  listener.close();
  await assertRejects(() => accepting, InvalidStateError, "closed");
  await assertRejects(() => listener.accept(), InvalidStateError);
  await listener[Symbol.asyncDispose]();
  await assertRejects(() => Client(listener.address, { authkey }), Deno.errors.NotFound);
});

Deno.test("Listener refuses wrong options", () => {
  assertThrows(() => new Listener({ authkey: "" }), RangeError, "authkey");
  assertThrows(() => new Listener({ authkey: 5 as unknown as string }), TypeError, "authkey");
  assertThrows(() => new Listener({ authkey, address: 7 as unknown as string }), TypeError);
  assertThrows(() => new Listener({ authkey, address: ["127.0.0.1", 70_000] }), RangeError);
});
