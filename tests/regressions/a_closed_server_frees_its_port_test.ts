// waitClosed() came back while the platform still waited for a client, so that the port was taken for a moment more.
import "../support/leak_guard.ts";
import * as asyncio from "@quartet/concurrency/asyncio";
import { until } from "../support/until_waiting.ts";

const hostname = "127.0.0.1";

/** A port that is free, below those that the system hands out: nobody gets it who asks for any. */
function uncommonPort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(20_000 * Math.random());
    if (isFree(port)) return port;
  }
}

/** Whether one can listen at a port at this moment. */
function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

Deno.test("after waitClosed() a port is free at once", async () => {
  await asyncio.run(async () => {
    const port = uncommonPort();
    for (let i = 0; i < 20; i++) {
      const server = await asyncio.startServer((_, writer) => writer.close(), hostname, port);
      if (i % 2 === 0) {
        const [reader, writer] = await asyncio.openConnection(hostname, port);
        await reader.read();
        writer.close();
        await writer.waitClosed();
      }
      server.close();
      await server.waitClosed();
    }
  });
});

Deno.test("after waitClosed() a path is free at once", async () => {
  const folder = await Deno.makeTempDir();
  await asyncio.run(async () => {
    for (let i = 0; i < 20; i++) {
      const server = await asyncio.startUnixServer((_, writer) => writer.close(), `${folder}/s`);
      if (i % 2 === 0) {
        const [reader, writer] = await asyncio.openUnixConnection(`${folder}/s`);
        await reader.read();
        writer.close();
      }
      await server[Symbol.asyncDispose]();
    }
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the end of run() frees the port of a server that nobody closed", async () => {
  const port = uncommonPort();
  for (let i = 0; i < 10; i++) {
    await asyncio.run(async () => {
      const server = await asyncio.startServer(() => {}, hostname, port);
      asyncio.createTask(() => server.serveForever());
      await asyncio.sleep(0);
    });
    await until(() => isFree(port)); // the platform ends its wait for a client in a turn of its own
  }
});
