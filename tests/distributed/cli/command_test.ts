/** The command as a shell sees it: what it prints, and how it ends. */
import "../../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { BrokenExecutorError, NatsExecutor } from "@quartet/concurrency/distributed";
import { until } from "@quartet/concurrency/testing";
import { NatsServer, natsTest } from "../../support/nats_server.ts";
import { allow, Scene } from "../../support/nats_scene.ts";
import { remoteJobs } from "../../support/targets/remote_jobs.ts";

const COMMAND = new URL("../../../src/distributed/mod.ts", import.meta.url).href;

/** The command, begun. */
function start(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", COMMAND, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The command, to its end. */
async function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args, env);
  const [{ code }, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, stdout, stderr };
}

/** A worker by the command, which takes jobs. */
class CommandWorker implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  /** What it has said so far. */
  said = "";

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.child = start(["worker", ...args], env);
    this.#stderr = this.#read();
  }

  async ready(): Promise<this> {
    await until(() => this.said.includes("takes jobs"));
    return this;
  }

  async end(signal: Deno.Signal): Promise<{ code: number; stderr: string }> {
    this.child.kill(signal);
    const [{ code }, stderr] = await Promise.all([this.child.status, this.#stderr]);
    return { code, stderr };
  }

  async #read(): Promise<string> {
    for await (const piece of this.child.stderr.pipeThrough(new TextDecoderStream())) {
      this.said += piece;
    }
    return this.said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.child.status;
    await this.#stderr;
    await this.child.stdout.cancel();
  }
}

Deno.test("--help tells what there is, --version which, and a wrong word ends with 2 and one line", async () => {
  const [help, version, wrong, nothing] = await Promise.all([
    run(["--help"]),
    run(["--version"]),
    run(["worker", "--alow", "x"]),
    run(["worker"]),
  ]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "Usage: distributed worker --allow URL");
  assertMatch(version.stdout, /^@quartet\/concurrency \d+\.\d+\.\d+\n$/);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertEquals(
    wrong.stderr,
    "distributed: there is no option --alow (did you mean --allow?) (--help tells more)\n",
  );
  assertEquals([nothing.code, nothing.stderr.split("\n").length], [2, 2]);
});

Deno.test("without a server each command fails with 1 and one line", async () => {
  const servers = ["--servers", "127.0.0.1:1"];
  const all = await Promise.all([
    run(["worker", "--allow", "file:///x/", ...servers]),
    run(["status", ...servers]),
    run(["dead", "list", ...servers]),
    run(["dead", "purge", "--all", ...servers]),
    run(["dead", "replay", "a-1", ...servers]),
  ]);
  for (const { code, stdout, stderr } of all) {
    assertEquals([code, stdout], [1, ""], stderr);
    assertMatch(stderr, /^distributed: Cannot connect to a NATS server at 127\.0\.0\.1:1: .*\n$/);
  }
});

natsTest("a secret comes from a file or the environment, and nothing shows it", async () => {
  const token = "s3cret-token";
  await using server = await NatsServer.start({ config: `authorization { token: "${token}" }` });
  const file = await Deno.makeTempFile();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(file));
  await Deno.writeTextFile(file, `${token}\n`);
  const servers = ["--servers", server.url];
  const all = await Promise.all([
    run(["status", ...servers, "--token-file", file]),
    run(["status"], { NATS_URL: server.url, NATS_TOKEN: token }),
    run(["status", ...servers]),
    run(["status", ...servers], { NATS_TOKEN: `${token}-not` }),
  ]);
  assertEquals(all.map(({ code }) => code), [0, 0, 1, 1]);
  assertMatch(all[2]!.stderr, /^distributed: Cannot connect .*does not let this side in.*\n$/);
  for (const { stdout, stderr } of all) assert(!`${stdout}${stderr}`.includes(token), stderr);
});

natsTest("a worker takes jobs until SIGTERM, then ends what runs and exits with 143", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const args = ["--servers", scene.server.url, "--allow", allow[0]!, "--executor", "async"];
  await using worker = await new CommandWorker([...args, "--concurrency", "2"]).ready();
  assertMatch(worker.said, /takes jobs of queue quartet, 2 at once/);
  assertEquals(await executor.submit(remoteJobs.echo, 7), 7);
  const running = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  const ending = worker.end("SIGTERM");
  await until(() => worker.said.includes("ends what runs"));
  await scene.go();
  assertEquals(await running, worker.child.pid);
  const { code, stderr } = await ending;
  assertEquals([code, stderr.split("\n").length], [143, 3], stderr);
});

natsTest("the second signal ends a worker at once, and its job goes to another", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const args = ["--servers", scene.server.url, "--allow", allow[0]!, "--executor", "async"];
  await using first = await new CommandWorker(args).ready();
  const running = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  const ending = first.end("SIGINT");
  await until(() => first.said.includes("ends what runs"));
  first.child.kill("SIGINT");
  assertEquals((await ending).code, 130);
  await using second = await new CommandWorker(args).ready();
  await scene.go();
  assertEquals(await running, second.child.pid);
});

natsTest(
  "a worker may bring its server, for those who can read its token, and takes it along",
  async () => {
    const temporary = await Deno.makeTempDir();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(temporary, { recursive: true }));
    const args = ["--embedded", "--allow", allow[0]!, "--executor", "async"];
    await using worker = await new CommandWorker(args, { TMPDIR: temporary }).ready();
    const [, servers, file] = /a server, at (\S+); its token is in (\S+)/.exec(worker.said)!;
    assertEquals((await Deno.stat(file!)).mode! & 0o777, 0o600);
    const token = (await Deno.readTextFile(file!)).trim();
    assert(!worker.said.includes(token));
    {
      await using executor = new NatsExecutor({ servers: servers!, token });
      assertEquals(await executor.submit(remoteJobs.echo, 7), 7);
    }
    assertEquals((await worker.end("SIGTERM")).code, 143);
    assertEquals([...Deno.readDirSync(temporary)], []);
  },
);

natsTest("status tells what waits and who works, as a table and as JSON", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const waiting = [1, 2, 3].map((n) => executor.submit(remoteJobs.note, scene.folder, n));
  await Promise.all(waiting.map(({ accepted }) => accepted));
  const servers = ["--servers", scene.server.url];
  const before = await run(["status", ...servers, "--json"]);
  assertEquals([before.code, before.stderr], [0, ""]);
  const told = JSON.parse(before.stdout);
  assertEquals([told.queue, told.waiting, told.workers], ["quartet", 3, []]);
  await scene.worker();
  await Promise.all(waiting);
  const running = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  const after = await run(["status", ...servers, "--json"]);
  const now = JSON.parse(after.stdout);
  assertEquals([now.waiting, now.running, now.workers.length], [0, 1, 1]);
  assertEquals([now.workers[0].running, now.workers[0].completed], [1, 3]);
  const { stdout } = await run(["status", ...servers]);
  assertMatch(stdout, /queue quartet: 0 wait, 1 runs, 0 wait for their time, 0 were given up/);
  assertMatch(stdout, /worker +process +places +running +done +refused/);
  await scene.go();
  await running;
});

natsTest("jobs that were given up are listed, run again, and are forgotten", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller({ maxDeliver: 1 });
  const servers = ["--servers", scene.server.url];
  const empty = await run(["dead", "list", ...servers]);
  assertEquals([empty.code, empty.stdout], [0, "no job was given up\n"]);
  const poisoned = [];
  for (let n = 0; n < 2; n++) {
    const worker = await scene.remoteWorker();
    poisoned.push(executor.submit(remoteJobs.poison, scene.folder));
    await worker.ended();
  }
  await scene.worker();
  for (const future of poisoned) await assertRejects(() => future.then(), BrokenExecutorError);
  const ids = poisoned.map(({ id }) => id);
  const list = await run(["dead", "list", ...servers]);
  for (const id of ids) assertStringIncludes(list.stdout, id);
  assertStringIncludes(list.stdout, "poison");
  const json = JSON.parse((await run(["dead", "list", "--json", ...servers])).stdout);
  assertEquals(json.map(({ id }: { id: string }) => id).sort(), ids.toSorted());
  await Deno.writeTextFile(`${scene.folder}/antidote`, "");
  const replayed = await run(["dead", "replay", ids[0]!, ...servers]);
  assertEquals([replayed.code, replayed.stdout, replayed.stderr], [0, "1 to run again\n", ""]);
  const purged = await run(["dead", "purge", "--all", ...servers]);
  assertEquals([purged.code, purged.stdout, purged.stderr], [0, "1 forgotten\n", ""]);
  assertEquals((await run(["dead", "list", ...servers])).stdout, "no job was given up\n");
  const unknown = await run(["dead", "purge", "a-1", ...servers]);
  assertEquals(unknown.code, 1);
  assertMatch(unknown.stderr, /^distributed: .*a-1.*\n$/);
});
