import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  createTask,
  InvalidStateError,
  openConnection,
  run,
  startServer,
  type StreamReader,
  type StreamWriter,
  TimeoutError,
} from "../../src/asyncio/mod.ts";
import { authority, localhost } from "../support/certificates.ts";

const text = new TextDecoder();
const trusted = { caCerts: [authority] };

/** Says `greeting` in clear, and hands what follows to a server that speaks TLS and echoes. */
async function withServer(
  greeting: string,
  use: (reader: StreamReader, writer: StreamWriter, port: number) => Promise<void>,
): Promise<void> {
  await run(async () => {
    await using echo = await startServer(
      async (reader, writer) => {
        for await (const line of reader) writer.write(line);
        await writer.drain();
      },
      "127.0.0.1",
      0,
      { tls: localhost },
    );
    await using door = await startServer(
      async (reader, writer) => {
        assertEquals(text.decode(await reader.readLine()), "STARTTLS\n");
        writer.write(greeting);
        const [inner, outer] = await openConnection("127.0.0.1", echo.port);
        const up = createTask(() => pipe(reader, outer));
        await pipe(inner, writer);
        await up;
      },
      "127.0.0.1",
      0,
    );
    const [reader, writer] = await openConnection("localhost", door.port);
    try {
      await use(reader, writer, door.port);
    } finally {
      writer.abort();
      door.abortClients();
      echo.abortClients();
    }
  });
}

async function pipe(from: StreamReader, to: StreamWriter): Promise<void> {
  try {
    for (let bytes = await from.read(4096); bytes.length > 0; bytes = await from.read(4096)) {
      to.write(bytes);
      await to.drain();
    }
  } catch (error) {
    assertInstanceOf(error, Error); // the other side has gone in the middle
  }
  to.close();
}

async function ask(reader: StreamReader, writer: StreamWriter): Promise<void> {
  writer.write("STARTTLS\n");
  assertEquals(text.decode(await reader.readLine()), "go\n");
}

Deno.test("startTls encrypts what follows, also what is written meanwhile", async () => {
  await withServer("go\n", async (reader, writer) => {
    await ask(reader, writer);
    const started = writer.startTls(trusted);
    writer.write("secret\n");
    await started;
    assertEquals(text.decode(await reader.readLine()), "secret\n");
    assert("handshake" in (writer.getExtraInfo("socket") as object));
    await assertRejects(async () => await writer.startTls(trusted), InvalidStateError, "before");
    writer.write("more\n");
    assertEquals(text.decode(await reader.readLine()), "more\n");
  });
});

Deno.test("startTls loses a connection to a side that cannot be trusted", async () => {
  await withServer("go\n", async (reader, writer) => {
    await ask(reader, writer);
    await assertRejects(async () => await writer.startTls());
    await assertRejects(async () => await writer.waitClosed());
    assertEquals(text.decode(await reader.readLine()), "");
  });
  await withServer("go\n", async (reader, writer) => {
    await ask(reader, writer);
    const other = { ...trusted, hostname: "example.com" };
    await assertRejects(async () => await writer.startTls(other));
  });
});

Deno.test("startTls refuses bytes that came in clear, and a read that waits; nothing is lost then", async () => {
  await withServer("go\ninjected\n", async (reader, writer) => {
    await ask(reader, writer);
    await assertRejects(
      async () => await writer.startTls(trusted),
      InvalidStateError,
      "9 bytes that came before are not read",
    );
    assertEquals(text.decode(await reader.readLine()), "injected\n");
    const waiting = createTask(async () => await reader.readLine());
    await createTask(async () => {});
    await assertRejects(
      async () => await writer.startTls(trusted),
      InvalidStateError,
      "a read is under way",
    );
    waiting.cancel();
  });
});

Deno.test("startTls whose other side is silent can be given up and aborted", async () => {
  await run(async () => {
    await using server = await startServer((reader) => reader.read(), "127.0.0.1", 0);
    const [, writer] = await openConnection("localhost", server.port);
    await assertRejects(
      async () => await writer.startTls(trusted, { timeout: 20 }),
      TimeoutError,
    );
    writer.abort();
    await writer.waitClosed();
    server.abortClients(); // the platform lets go of such a socket only when the other side does
  });
});

Deno.test("startTls is for the side that connected by TCP, and for an open stream", async () => {
  await run(async () => {
    await using server = await startServer(
      async (reader, writer) => {
        await assertRejects(
          async () => await writer.startTls(),
          InvalidStateError,
          "openConnection",
        );
        await reader.read();
      },
      "127.0.0.1",
      0,
    );
    const [, writer] = await openConnection("127.0.0.1", server.port);
    writer.close();
    await assertRejects(async () => await writer.startTls(), InvalidStateError, "closing");
    await writer.waitClosed();
  });
});
