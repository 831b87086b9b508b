/** A server that is not there, cannot store, or does not let one in: one clear error, at once, with no secret in it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  AuthenticationError,
  BrokenExecutorError,
  NatsExecutor,
  type NatsExecutorOptions,
  serveWorker,
} from "@quartet/concurrency/distributed";
import { makeCredentials, makeNkey } from "../support/nats_credentials.ts";
import { NatsServer, natsTest } from "../support/nats_server.ts";

const SECRET = "s3cret-and-more";

/** How an executor and a worker with these options fail; both alike, in a line, without the secret. */
async function refusalOf(options: NatsExecutorOptions): Promise<Error> {
  const executor = new NatsExecutor(options);
  const error = await assertRejects(() => executor.ready(), Error);
  await executor.shutdown();
  const other = await assertRejects(() => serveWorker({ ...options, allow: [] }), Error);
  assertEquals([other.constructor, other.message], [error.constructor, error.message]);
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    assert(!`${each.message}\n${each.stack}\n${Deno.inspect(each)}`.includes(SECRET), each.message);
  }
  assert(!error.message.includes("\n"), error.message);
  return error;
}

/** Puts text into a file for as long as something takes. */
async function withFile<T>(text: string, act: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    return await act(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("without a server the error says where none is, and how to start one", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await refusalOf({ servers: `nats://u:${SECRET}@127.0.0.1:${port}` });
  assert(error instanceof BrokenExecutorError);
  assertMatch(error.message, new RegExp(`127\\.0\\.0\\.1:${port}.*start one with nats-server -js`));
});

natsTest("without JetStream the error says how to start a server with it", async () => {
  await using server = await NatsServer.start({ jetstream: false });
  const error = await refusalOf({ servers: server.url });
  assert(error instanceof BrokenExecutorError);
  assertMatch(error.message, /it has no JetStream.*nats-server -js/);
});

for (
  const [what, config, good] of [
    ["a token", `authorization { token: "${SECRET}" }`, { token: SECRET }],
    [
      "a user and a password",
      `authorization { user: u, password: "${SECRET}" }`,
      { user: "u", pass: SECRET },
    ],
  ] as const
) {
  natsTest(`with ${what} one gets in, without or with a wrong one an error says so`, async () => {
    await using server = await NatsServer.start({ config });
    const servers = server.url;
    {
      await using executor = new NatsExecutor({ servers, ...good });
      await using _ = await serveWorker({ servers, ...good, allow: [] });
      await executor.ready();
    }
    const wrong = { ...good, ["token" in good ? "token" : "pass"]: `${SECRET}-not` };
    for (const options of [{}, wrong]) {
      const error = await refusalOf({ servers, ...options });
      assert(error instanceof AuthenticationError, String(error));
      assertMatch(error.message, /does not let this side in.*check user and pass, token/);
    }
    assert(!server.log.includes(SECRET));
  });
}

natsTest("user and password, or a token, may stand in the address", async () => {
  await using one = await NatsServer.start({
    config: `authorization { user: u, password: "p@/w" }`,
  });
  await using other = await NatsServer.start({ config: `authorization { token: "t" }` });
  for (
    const servers of [`nats://u:p%40%2Fw@127.0.0.1:${one.port}`, `nats://t@127.0.0.1:${other.port}`]
  ) {
    await using executor = new NatsExecutor({ servers });
    await using _ = await serveWorker({ servers, allow: [] });
    await executor.ready();
  }
});

for (
  const [what, make, option] of [
    ["an nkey", makeNkey, "nkeySeedFile"],
    ["a file of credentials", makeCredentials, "credsFile"],
  ] as const
) {
  natsTest(`with ${what} one gets in, with another's not`, async () => {
    const [mine, other] = [make(), make()];
    await using server = await NatsServer.start({ config: mine.config });
    const servers = server.url;
    await withFile(mine.file, async (path) => {
      await using executor = new NatsExecutor({ servers, [option]: path });
      await using _ = await serveWorker({ servers, [option]: path, allow: [] });
      await executor.ready();
    });
    await withFile(other.file, async (path) => {
      const error = await refusalOf({ servers, [option]: path });
      assert(error instanceof AuthenticationError, String(error));
    });
    await withFile("no such thing", async (path) => {
      const error = await refusalOf({ servers, [option]: path });
      assertMatch(error.message, new RegExp(option));
    });
    const error = await refusalOf({ servers, [option]: "/nowhere/x" });
    assertMatch(error.message, new RegExp(`${option}.*/nowhere/x`));
  });
}

natsTest(
  "over TLS one gets in with the server's authority, without it an error says so",
  async () => {
    await using server = await NatsServer.start({ tls: true });
    const servers = server.url;
    {
      const tls = { caFile: server.authorityFile };
      await using executor = new NatsExecutor({ servers, tls });
      await using _ = await serveWorker({ servers, tls, allow: [] });
      await executor.ready();
    }
    const error = await refusalOf({ servers, tls: {} });
    assert(error instanceof BrokenExecutorError, String(error));
    assertMatch(error.message, /certificate|issuer|authority/i);
  },
);

natsTest("a server that hangs is given up after some seconds", async () => {
  await using server = await NatsServer.start();
  using _ = server.pause();
  const error = await refusalOf({ servers: server.url });
  assert(error instanceof BrokenExecutorError, String(error));
});
