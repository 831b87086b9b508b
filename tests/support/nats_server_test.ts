import "./leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokenExecutorError } from "../../src/core/errors.ts";
import { NatsServer, natsTest } from "./nats_server.ts";

/** What a server says first to whoever connects. */
async function infoOf(port: number): Promise<Record<string, unknown>> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new Uint8Array(4096);
  const length = await connection.read(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, length ?? 0));
  return JSON.parse(text.slice("INFO ".length));
}

natsTest("a server that does not come up is told with its own last words", async () => {
  const error = await assertRejects(
    () => NatsServer.start({ config: "no_such_option: 1" }),
    BrokenExecutorError,
  );
  assert(/ended with code 1, and its last line was ".*no_such_option.*"/.test(error.message));
});

natsTest(
  "a test's server comes back from a kill on its port, and differs where asked",
  async () => {
    await using server = await NatsServer.start();
    assertEquals((await infoOf(server.port)).jetstream, true);
    await server.kill();
    await assertRejects(() => infoOf(server.port), Deno.errors.ConnectionRefused);
    await server.restart();
    assertEquals((await infoOf(server.port)).port, server.port);
    await using bare = await NatsServer.start({ jetstream: false, tls: true });
    const info = await infoOf(bare.port);
    assertEquals([info.jetstream, info.tls_required], [undefined, true]);
  },
);
