import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createDatagramEndpoint,
  createTask,
  type DatagramEndpoint,
  gather,
  InvalidStateError,
  run,
  sleep,
  TimeoutError,
} from "../../../src/asyncio/mod.ts";

const localhost = { hostname: "127.0.0.1" };
const decode = ({ data }: { data: Uint8Array }): string => new TextDecoder().decode(data);

/** A server and a client that talks to it. */
async function pair(): Promise<[DatagramEndpoint, DatagramEndpoint]> {
  const server = await createDatagramEndpoint({ localAddr: localhost });
  return [server, await createDatagramEndpoint({ remoteAddr: server.localAddr })];
}

Deno.test("datagrams go there and back, with their sender", async () => {
  await run(async () => {
    const [server, client] = await pair();
    await client.sendTo("one");
    await client.sendTo(new Uint8Array([116, 119, 111]));
    const first = await server.receive();
    assertEquals([decode(first), first.address.port], ["one", client.localAddr.port]);
    assertEquals(decode(await server.receive()), "two");
    await server.sendTo("back", first.address);
    assertEquals(decode(await client.receive()), "back");
    assertEquals(client.statistics(), { received: 1, dropped: 0, sent: 2, buffered: 0 });
    await server[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  });
});

Deno.test("an endpoint with a remote address hears nobody else", async () => {
  await run(async () => {
    const server = await createDatagramEndpoint({ localAddr: localhost });
    const remoteAddr = { hostname: "localhost", port: server.localAddr.port };
    const client = await createDatagramEndpoint({ remoteAddr });
    await using stranger = await createDatagramEndpoint({ localAddr: localhost });
    await stranger.sendTo("from elsewhere", { ...localhost, port: client.localAddr.port });
    await client.sendTo("hello");
    await server.sendTo("from the server", (await server.receive()).address);
    assertEquals(decode(await client.receive()), "from the server");
    server.close();
    client.close();
    await gather(server.waitClosed(), client.waitClosed());
  });
});

Deno.test("receiving that is cancelled or times out loses nothing", async () => {
  await run(async () => {
    const [server, client] = await pair();
    await assertRejects(async () => await server.receive({ timeout: 5 }), TimeoutError);
    for (let round = 0; round < 20; round++) {
      const receivers = [0, 1, 2].map(() => createTask(async () => decode(await server.receive())));
      await sleep(0);
      await client.sendTo("a");
      await client.sendTo("b");
      while (server.statistics().received < 2 * round + 2) await sleep(0);
      for (let i = round % 3; i < 3; i++) receivers[i]!.cancel(); // perhaps woken already
      await Promise.allSettled(receivers.slice(round % 3));
      const rest = [];
      while (server.statistics().buffered > 0) rest.push(decode(await server.receive()));
      for (const each of receivers) each.cancel();
      await Promise.allSettled(receivers);
      const taken = receivers.flatMap((each) => each.cancelled() ? [] : [each.result()]);
      assertEquals([...taken, ...rest].sort(), ["a", "b"], `round ${round}`);
    }
    server.close();
    client.close();
  });
});

Deno.test("what is more than the limit is dropped and counted", async () => {
  await run(async () => {
    await using server = await createDatagramEndpoint({ localAddr: localhost, limit: 2 });
    await using client = await createDatagramEndpoint({ remoteAddr: server.localAddr });
    for (const text of ["1", "2", "3"]) await client.sendTo(text);
    while (server.statistics().received < 3) await sleep(1);
    assertEquals(server.statistics(), { received: 3, dropped: 1, sent: 0, buffered: 2 });
  });
});

Deno.test("closing ends the wait, the iteration, and frees the port", async () => {
  await run(async () => {
    const server = await createDatagramEndpoint({ localAddr: localhost });
    const waiting = server.receive();
    const seen = createTask(async () => {
      const all = [];
      for await (const datagram of server) all.push(decode(datagram));
      return all;
    });
    await sleep(0);
    server.close();
    server.close();
    await assertRejects(async () => await waiting, InvalidStateError, "closed");
    assertEquals(await seen, []);
    await server.waitClosed();
    await assertRejects(async () => await server.receive(), InvalidStateError, "closed");
    const again = await createDatagramEndpoint({ localAddr: server.localAddr });
    await assertRejects(async () => await createDatagramEndpoint({ localAddr: again.localAddr }));
    await again[Symbol.asyncDispose]();
  });
});

Deno.test("what cannot be sent, or is no address, is refused", async () => {
  await run(async () => {
    const [server, client] = await pair();
    const to = server.localAddr;
    await assertRejects(async () => await server.sendTo("x"), TypeError, "to nobody");
    await assertRejects(async () => await client.sendTo("x", to), TypeError, "remoteAddr");
    await assertRejects(async () => await client.sendTo(5 as never), TypeError, "Cannot send 5");
    await assertRejects(
      async () => await server.sendTo("x", { hostname: "127.0.0.1", port: NaN }),
      RangeError,
      "port NaN",
    );
    await assertRejects(async () => await client.sendTo(new Uint8Array(100_000)), Error, "MSGSIZE");
    assertThrows(() => createDatagramEndpoint({ limit: NaN }), RangeError, "limit NaN");
    assertThrows(() => createDatagramEndpoint({ localAddr: { port: -1 } }), RangeError, "port -1");
    server.close();
    client.close();
  });
});
