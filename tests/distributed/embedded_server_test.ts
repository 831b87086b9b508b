import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EmbeddedServer } from "../../src/distributed/embedded_server.ts";
import { BrokenExecutorError } from "../../src/core/errors.ts";
import { NatsExecutor, serveWorker } from "@quartet/concurrency/distributed";
import { allow } from "../support/nats_scene.ts";
import { NatsServer, natsTest } from "../support/nats_server.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";
import { until } from "../../src/testing/until.ts";

/** What a server says first to whoever connects. */
async function infoOf(port: number): Promise<Record<string, unknown>> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new Uint8Array(4096);
  const length = await connection.read(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, length ?? 0));
  return JSON.parse(text.slice("INFO ".length));
}

const portOf = (servers: string): number => Number(new URL(servers).port);

/** The number of its process. */
function pidOf({ folder }: EmbeddedServer): number {
  const [ports] = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".ports"));
  return Number(/_(\d+)\.ports$/.exec(ports!.name)![1]);
}

function connectionOf({ servers, token }: EmbeddedServer): { servers: string; token: string } {
  return { servers, token };
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

natsTest(
  "an embedded server listens on this machine, stores, and lets in its token alone",
  async () => {
    let folder;
    {
      await using server = await EmbeddedServer.start();
      const info = await infoOf(portOf(server.servers));
      assertEquals([info.host, info.jetstream, info.auth_required], ["127.0.0.1", true, true]);
      folder = server.folder;
      assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
      assertEquals(Deno.statSync(`${folder}/nats.conf`).mode! & 0o777, 0o600);
    }
    assert(!isThere(folder));
  },
);

natsTest("disposing of an embedded server twice, or of one that died, leaves nothing", async () => {
  const server = await EmbeddedServer.start();
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await assertRejects(() => infoOf(portOf(server.servers)), Deno.errors.ConnectionRefused);
  const dead = await EmbeddedServer.start();
  Deno.kill(pidOf(dead), "SIGKILL");
  await dead[Symbol.asyncDispose]();
  assertEquals([server, dead].filter(({ folder }) => isThere(folder)), []);
});

/** Runs a program that has started an embedded server; its temporary folder is one of its own. */
async function runWith(
  temporary: string,
  program: string,
  env: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string }> {
  const module = new URL("../../src/distributed/embedded_server.ts", import.meta.url).href;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { EmbeddedServer } from "${module}";
       const server = await EmbeddedServer.start();
       console.log(server.servers);
       ${program}`,
    ],
    env: { TMPDIR: temporary, NO_COLOR: "1", ...env },
    signal: AbortSignal.timeout(30_000),
  }).output();
  const text = new TextDecoder();
  return { stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

for (
  const [how, program] of Object.entries({
    "is killed": `Deno.kill(Deno.pid, "SIGKILL")`,
    "exits": "Deno.exit(3)",
    "throws": `throw new Error("on purpose")`,
    "is interrupted": `
      setInterval(() => {}, 1e6);
      Deno.kill(Deno.pid, "SIGINT");
      await new Promise(() => {});`,
    "ends": "",
  })
) {
  natsTest(`an embedded server ends, and its folder goes, when its program ${how}`, async () => {
    await using stack = new AsyncDisposableStack();
    const temporary = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(temporary, { recursive: true }));
    const { stdout } = await runWith(temporary, program);
    const port = portOf(stdout.trim());
    await until(() => [...Deno.readDirSync(temporary)].length === 0);
    await assertRejects(() => infoOf(port), Deno.errors.ConnectionRefused);
  });
}

natsTest("a server that is killed comes back where it was, with its token", async () => {
  await using server = await EmbeddedServer.start();
  await using executor = new NatsExecutor(connectionOf(server));
  await using _ = await serveWorker({ ...connectionOf(server), allow, executor: "async" });
  assertEquals(await executor.submit(remoteJobs.echo, 1), 1);
  Deno.kill(pidOf(server), "SIGKILL");
  assertEquals(await executor.submit(remoteJobs.echo, 2), 2);
});

natsTest("an executor may bring its server, which ends with it", async () => {
  const executor = new NatsExecutor({ embedded: true });
  const at = await executor.connection();
  {
    await using _ = await serveWorker({ ...at, allow, executor: "async" });
    await using other = new NatsExecutor(at);
    assertEquals(await executor.submit(remoteJobs.echo, 1), 1);
    assertEquals(await other.submit(remoteJobs.echo, 2), 2);
  }
  await executor.shutdown();
  await assertRejects(() => infoOf(portOf(at.servers as string)), Deno.errors.ConnectionRefused);
});

natsTest("an executor that needs no server starts none", async () => {
  await using executor = new NatsExecutor({ embedded: true });
  assertEquals(executor.statistics().workers, 0);
});

Deno.test("embedded takes no server that is another's", () => {
  for (const other of [{ servers: "127.0.0.1" }, { token: "t" }, { tls: {} }]) {
    assertThrows(
      () => new NatsExecutor({ embedded: true, ...other }),
      TypeError,
      "with embedded: it brings a server of its own",
    );
  }
  assertThrows(() => new NatsExecutor({ embedded: 1 as never }), TypeError, "give true or false");
});

Deno.test({
  name: "without nats-server one line says how to get it, and nothing is left",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using stack = new AsyncDisposableStack();
    const temporary = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(temporary, { recursive: true }));
    const env = { QUARTET_NATS_SERVER: "/nowhere/nats-server" };
    const { stderr } = await runWith(temporary, "", env);
    assert(/BrokenExecutorError: Cannot start nats-server: there is none.*install it/.test(stderr));
    assertEquals([...Deno.readDirSync(temporary)], []);
  },
});

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
