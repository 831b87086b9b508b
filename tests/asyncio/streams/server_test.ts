import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createTask,
  getRunningLoop,
  InvalidStateError,
  openConnection,
  openUnixConnection,
  run,
  type Server,
  sleep,
  startServer,
  startUnixServer,
  type StreamReader,
  type StreamWriter,
} from "../../../src/asyncio/mod.ts";
import { until } from "../../../src/testing/mod.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const localhost = "127.0.0.1";

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    writer.write(line);
    await writer.drain();
  }
}

async function ask(server: Server, ...lines: string[]): Promise<string> {
  const [reader, writer] = await openConnection(localhost, server.port);
  await using _closing = writer;
  writer.writeLines(lines);
  writer.writeEof();
  return decode(await reader.read());
}

Deno.test("startServer() runs a task for each client", () =>
  run(async () => {
    await using server = await startServer(echo, localhost, 0);
    const answers = await Promise.all(["a\n", "b\n", "c\n"].map((line) => ask(server, line, line)));
    assertEquals(answers, ["a\na\n", "b\nb\n", "c\nc\n"]);
    await until(() => server.statistics().clients === 0);
    assertEquals(server.statistics(), { clients: 0, accepted: 3, serving: true });
    assertEquals(server.sockets.length, 1);
  }));

Deno.test("startServer() and openConnection() take the address among the options", () =>
  run(async () => {
    await using server = await startServer(echo, { hostname: localhost, port: 0, limit: 100 });
    const [reader, writer] = await openConnection({ port: server.port, timeout: 60_000 });
    await using _closing = writer;
    writer.write("options\n");
    assertEquals(decode(await reader.readLine()), "options\n");
  }));

Deno.test("startServer() takes generators and plain functions", () =>
  run(async () => {
    {
      await using server = await startServer(
        function* (reader, writer) {
          writer.write(yield* reader.readLine());
        },
        localhost,
        0,
      );
      assertEquals(await ask(server, "generator\n"), "generator\n");
    }
    await using server = await startServer(
      (reader, writer) => {
        // Goes on after the function has returned.
        reader.readLine().then((line) => writer.write(line)).then(() => writer.close());
      },
      localhost,
      0,
    );
    assertEquals(await ask(server, "plain\n"), "plain\n");
  }));

Deno.test("startServer() sends a large answer whole, held up by its reader", () =>
  run(async () => {
    const size = 3_000_000;
    let most = 0;
    await using server = await startServer(
      async (_, writer) => {
        for (let sent = 0; sent < size; sent += 10_000) {
          writer.write(new Uint8Array(10_000));
          await writer.drain();
          most = Math.max(most, writer.statistics().buffered);
        }
      },
      localhost,
      0,
    );
    assertEquals((await ask(server)).length, size);
    assertEquals(most <= 65_536, true, `${most}`);
  }));

Deno.test("openConnection() to a port where nobody listens is refused", () =>
  run(async () => {
    const listener = Deno.listen({ hostname: localhost, port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await assertRejects(
      async () => await openConnection(localhost, port),
      Deno.errors.ConnectionRefused,
    );
    assertThrows(() => openConnection(localhost, 70_000), RangeError, "port 70000");
    assertThrows(() => openConnection(5 as never, 1), TypeError, "host 5");
  }));

Deno.test("openConnection() that is cancelled leaves no connection behind", () =>
  run(async () => {
    await using server = await startServer(echo, localhost, 0);
    const task = createTask(async () => await openConnection(localhost, server.port));
    await sleep(0);
    task.cancel();
    await assertRejects(async () => await task);
    await until(() => server.statistics().accepted === 1 && server.statistics().clients === 0);
  }));

Deno.test("Server reports a handler that fails, closes its connection, and goes on", () =>
  run(async () => {
    const reported: unknown[] = [];
    getRunningLoop().setExceptionHandler((_, context) => reported.push(context.exception));
    const error = new RangeError("in the handler");
    await using server = await startServer(
      async (reader, writer) => {
        const line = decode(await reader.readLine());
        if (line === "fail\n") throw error;
        writer.write(line);
      },
      localhost,
      0,
    );
    assertEquals(await ask(server, "fail\n"), "");
    assertEquals(await ask(server, "well\n"), "well\n");
    assertEquals(reported, [error]);
  }));

Deno.test("Server.close() takes no more clients and lets those there are finish", () =>
  run(async () => {
    const server = await startServer(echo, localhost, 0);
    const { port } = server;
    const [reader, writer] = await openConnection(localhost, port);
    writer.write("before\n");
    assertEquals(decode(await reader.readLine()), "before\n");
    server.close();
    server.close();
    assertEquals([server.isServing(), server.sockets], [false, []]);
    await assertRejects(async () => await openConnection(localhost, port));
    let closed = false;
    const waiting = server.waitClosed().then(() => closed = true);
    writer.write("after\n");
    assertEquals(decode(await reader.readLine()), "after\n");
    assertEquals(closed, false);
    writer.close();
    await waiting;
  }));

Deno.test("Server.closeClients() and abortClients() end the connections", () =>
  run(async () => {
    for (const how of ["closeClients", "abortClients"] as const) {
      await using server = await startServer(echo, localhost, 0);
      const [reader, writer] = await openConnection(localhost, server.port);
      writer.write("x\n");
      await reader.readLine();
      server[how]();
      assertEquals(decode(await reader.read()), "");
      writer.close();
    }
  }));

Deno.test("Server.serveForever() runs until it is cancelled, which closes the server", () =>
  run(async () => {
    const server = await startServer(echo, localhost, 0);
    const serving = createTask(async () => await server.serveForever());
    assertEquals(await ask(server, "x\n"), "x\n");
    await assertRejects(async () => await server.serveForever(), InvalidStateError, "already");
    serving.cancel();
    await assertRejects(async () => await serving);
    assertEquals([serving.cancelled(), server.isServing()], [true, false]);
    await assertRejects(async () => await server.serveForever(), InvalidStateError, "closed");
  }));

Deno.test("a server that is left open ends with the loop", async () => {
  let server: Server | undefined;
  await run(async () => {
    server = await startServer(echo, localhost, 0);
  });
  assertEquals(server?.isServing(), false);
});

Deno.test("startUnixServer() and openUnixConnection() talk through a path", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "quartet-test-" });
  try {
    await run(async () => {
      const path = `${folder}/socket`;
      await using server = await startUnixServer(echo, path);
      const [reader, writer] = await openUnixConnection(path);
      await using _closing = writer;
      writer.write("unix\n");
      assertEquals(decode(await reader.readLine()), "unix\n");
      assertThrows(() => server.port, InvalidStateError, "Unix");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("startServer() refuses what is no handler, and a port that is taken", () =>
  run(async () => {
    assertThrows(() => startServer(5 as never), TypeError, "Cannot serve clients with 5");
    await using server = await startServer(echo, localhost, 0);
    await assertRejects(
      async () => await startServer(echo, localhost, server.port),
      Deno.errors.AddrInUse,
    );
  }));
