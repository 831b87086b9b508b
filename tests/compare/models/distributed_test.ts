import "../../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { compare, type Comparison, defineWorkload } from "../../../src/compare/mod.ts";
import { NatsServer, natsTest } from "../../support/nats_server.ts";
import { jobs } from "../../support/targets/jobs.ts";
import { squares as asText } from "../../support/targets/workloads.ts";

const COMMAND = new URL("../../../src/compare/mod.ts", import.meta.url).href;

const squares = defineWorkload({ name: "squares", run: jobs.square, inputs: [1, 2, 3] });

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", COMMAND, ...args],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

natsTest(
  "distributed gives the results that sync gives, and is measured with its workers",
  async () => {
    await using server = await NatsServer.start();
    const comparison = await compare(squares, {
      models: ["sync", "distributed"],
      servers: server.url,
      repeats: 1,
      workers: 2,
      trace: true,
    });
    const [sync, distributed] = comparison.results;
    assertEquals([distributed!.model, distributed!.workers], ["distributed", 2]);
    assertEquals(distributed!.checksum, sync!.checksum);
    assert(distributed!.addedBytes > sync!.addedBytes, "its processes are counted");
  },
);

natsTest(
  "what cannot go to another machine leaves the model out, and the reason is told",
  async () => {
    await using server = await NatsServer.start();
    for (
      const [workload, why] of [["lock", /Cannot send a lock/], [asText, /sent as text/]] as const
    ) {
      const comparison = await compare(workload, {
        models: ["sync", "distributed"],
        servers: [server.url],
        repeats: 1,
      });
      assertEquals(comparison.results.map(({ model }) => model), ["sync"]);
      const notes = comparison.notes!.join("\n");
      assertMatch(notes, /distributed was left out: /);
      assertMatch(notes, why);
    }
  },
);

Deno.test("without servers, or with servers and nothing to do there, one line says so", async () => {
  await assertRejects(
    () => compare("cpu", { models: ["distributed"] }),
    TypeError,
    "it needs a NATS server; give servers",
  );
  await assertRejects(
    () => compare("cpu", { servers: [7] as never }),
    TypeError,
    "give an address",
  );
  const [without, idle] = await Promise.all([
    run("--models", "distributed"),
    run("--models", "sync", "--servers", "127.0.0.1:1"),
  ]);
  assertEquals([without.code, idle.code], [2, 2]);
  assertMatch(without.stderr, /^compare: --models distributed needs --servers, as .*\n$/);
  assertMatch(idle.stderr, /^compare: --servers is for the model distributed: .*\n$/);
});

Deno.test("a server that is not there is told in one line, and its password is kept nowhere", async () => {
  const file = await Deno.makeTempFile();
  try {
    const { code, stdout, stderr } = await run(
      "--workload=messages",
      "--quick",
      "--models=sync,distributed",
      "--servers=nats://user:s3cret@127.0.0.1:1",
      `--json=${file}`,
    );
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /compare: Cannot connect to a NATS server at 127\.0\.0\.1:1: .*\n$/);
    const text = await Deno.readTextFile(file);
    assert(!`${text}${stderr}`.includes("s3cret"));
    const { tool } = JSON.parse(text) as Comparison;
    assert(tool?.command?.includes("--servers=nats://127.0.0.1:1"), String(tool?.command));
  } finally {
    await Deno.remove(file);
  }
});
