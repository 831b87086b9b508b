// waitClosed() came back while the platform still waited for a client, so that the port was taken for a moment more.
import "../support/leak_guard.ts";
import * as asyncio from "@quartet/concurrency/asyncio";

Deno.test("after waitClosed() a port is free at once", async () => {
  await asyncio.run(async () => {
    let port = 0;
    for (let i = 0; i < 20; i++) {
      const server = await asyncio.startServer((_, writer) => writer.close(), "127.0.0.1", port);
      port = server.port;
      if (i % 2 === 0) {
        const [reader, writer] = await asyncio.openConnection("127.0.0.1", port);
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
  let port = 0;
  for (let i = 0; i < 10; i++) {
    await asyncio.run(async () => {
      const server = await asyncio.startServer(() => {}, "127.0.0.1", port);
      port = server.port;
      asyncio.createTask(() => server.serveForever());
      await asyncio.sleep(0);
    });
    const next = await until(() => Deno.listen({ hostname: "127.0.0.1", port }));
    next.close();
  }
});

/** What `take` gives once it no longer says that the address is in use. */
async function until<T>(take: () => T): Promise<T> {
  for (let turns = 0;; turns++) {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || turns > 10) throw error;
      await Promise.resolve(); // the platform ends its wait for a client in a turn of its own
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
