import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AuthenticationError, EOFError } from "../../../src/core/errors.ts";
import {
  authenticateClient,
  authenticateToListener,
  keyBytes,
} from "../../../src/wire/frames/authentication.ts";

function randomKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** Two ends of a connection over loopback. */
async function ends(): Promise<[Deno.Conn, Deno.Conn]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const both = await Promise.all([
    listener.accept(),
    Deno.connect({ hostname: "127.0.0.1", port }),
  ]);
  listener.close();
  return both;
}

Deno.test("both sides agree when they know the same key", async () => {
  const [server, client] = await ends();
  const key = randomKey();
  await Promise.all([authenticateClient(server, key), authenticateToListener(client, key)]);
  server.close();
  client.close();
});

Deno.test("both sides refuse when the keys differ, and close", async () => {
  const [server, client] = await ends();
  await Promise.all([
    assertRejects(() => authenticateClient(server, randomKey()), AuthenticationError),
    assertRejects(() => authenticateToListener(client, randomKey()), AuthenticationError),
  ]);
  assertThrows(() => server.close(), Deno.errors.BadResource);
  assertThrows(() => client.close(), Deno.errors.BadResource);
});

Deno.test("an answer is of no use to another, nor as a proof of the other side", async () => {
  const key = randomKey();
  const [server, client] = await ends();
  const authenticated = authenticateClient(server, key);
  const greeting = new Uint8Array(40);
  await client.read(greeting);
  const [server2, client2] = await ends();
  const second = authenticateToListener(client2, key);
  await server2.write(greeting); // the listener's challenge, passed on to somebody who knows the key
  const answer = new Uint8Array(72);
  await server2.read(answer);
  await client.write(answer);
  await authenticated; // a relay cannot be told apart, but what it hears it cannot use a second time
  const [server3, client3] = await ends();
  const third = assertRejects(() => authenticateClient(server3, key), AuthenticationError);
  await client3.read(new Uint8Array(40));
  await client3.write(answer);
  await third;
  // What the client said, sent back to it as the listener's proof.
  await server2.write(Uint8Array.from([1, ...answer.slice(40)]));
  await assertRejects(() => second, AuthenticationError);
  for (const conn of [server, client, server2, client3]) conn.close();
});

Deno.test("who leaves or is silent is not waited for", async () => {
  const [server, client] = await ends();
  const left = assertRejects(() => authenticateClient(server, randomKey()), EOFError);
  client.close();
  await left;
  const [server2, client2] = await ends();
  await assertRejects(() => authenticateClient(server2, randomKey(), 5), EOFError, "5 ms");
  client2.close();
});

Deno.test("who spoke in time is heard although this side was busy until after its time", async () => {
  const [server, client] = await ends();
  const key = randomKey();
  const busy = {
    read: (into: Uint8Array) => client.read(into),
    write: async (from: Uint8Array) => {
      const written = await client.write(from);
      for (const end = performance.now() + 1_200; performance.now() < end;);
      return written;
    },
    close: () => client.close(),
  };
  await Promise.all([authenticateClient(server, key, 1_000), authenticateToListener(busy, key)]);
  server.close();
  client.close();
});

Deno.test("a key is text or bytes, and not empty", () => {
  assertEquals(keyBytes("ab"), new Uint8Array([97, 98]));
  assertThrows(() => keyBytes(""), RangeError);
  assertThrows(() => keyBytes(5 as unknown as string), TypeError);
});
