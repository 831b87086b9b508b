/** What a message broker does that nobody expects, each as it was seen: none of it reaches a caller. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { BrokenExecutorError } from "@quartet/concurrency/distributed";
import { wait } from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { type NatsServer, natsTest } from "../support/nats_server.ts";
import { allow, Scene } from "../support/nats_scene.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

/** What the server tells of the jobs of the default queue. */
async function jobsOf(server: NatsServer): Promise<{ stored: number; given: number }> {
  const nc = await connect({ servers: server.url });
  try {
    const jsm = await jetstreamManager(nc);
    const { state } = await jsm.streams.info("quartet_quartet_jobs");
    let given = 0;
    for await (const info of jsm.consumers.list("quartet_quartet_jobs")) {
      given += info.num_ack_pending;
    }
    return { stored: state.messages, given };
  } finally {
    await nc.close();
  }
}

const hour = 3_600_000;

natsTest("jobs that wait for their time are in nobody's way", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ concurrency: 1 });
  const later = Array.from(
    { length: 300 },
    (_, n) => executor.submitWith({ delay: hour }, remoteJobs.note, scene.folder, n),
  );
  await Promise.all(later.map(({ accepted }) => accepted));
  assertEquals(await executor.submit(remoteJobs.note, scene.folder, -1), -1);
  assertEquals(scene.lines("ran"), ["-1"]);
  for (const future of later) future.cancel();
});

natsTest("jobs between two attempts are in nobody's way", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ concurrency: 1 });
  const end = new AbortController();
  const failing = Array.from({ length: 50 }, () =>
    executor.submitWith(
      { signal: end.signal, retries: { attempts: 3, delay: hour, maxDelay: hour } },
      remoteJobs.fail,
      scene.folder,
    ));
  await until(() => scene.lines("failed").length === 50);
  assertEquals(await executor.submit(remoteJobs.note, scene.folder, -1), -1);
  end.abort();
  await wait(failing);
});

natsTest(
  "nothing of a job is left on the server once it is done, failed, cancelled or given up",
  async () => {
    await using scene = await Scene.open();
    const executor = scene.caller({ maxDeliver: 1 });
    const first = await scene.remoteWorker();
    const poisoned = executor.submit(remoteJobs.poison, scene.folder);
    await first.ended();
    await scene.worker();
    await assertRejects(() => poisoned.then(), BrokenExecutorError);
    const failed = executor.submit(remoteJobs.fail, scene.folder);
    const end = new AbortController();
    const { signal } = end;
    const cancelled = executor.submitWith({ signal }, remoteJobs.waitForFile, scene.folder, "a");
    await until(() => cancelled.running());
    end.abort();
    await executor.submit(remoteJobs.note, scene.folder, 1);
    await wait([failed, cancelled]);
    assert(failed.exception() instanceof RangeError);
    let left = await jobsOf(scene.server);
    for (let looks = 0; left.stored > 0 && looks < 200; looks++) left = await jobsOf(scene.server);
    assertEquals(left, { stored: 0, given: 0 });
  },
);

natsTest("a queue that something else has made is refused by what is wrong with it", async () => {
  await using scene = await Scene.open();
  const nc = await connect({ servers: scene.server.url });
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: "quartet_quartet_jobs", subjects: ["quartet.quartet.job.>"] });
  await nc.close();
  const executor = scene.caller();
  const error = await assertRejects(() => executor.ready(), BrokenExecutorError);
  assertMatch(error.message, /quartet_quartet_jobs.*retention.*delete it, or give another queue/);
});

natsTest("jobs of a higher priority run first", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const futures = [0, -1, 1, 4, -5].map((priority) =>
    executor.submitWith({ priority }, remoteJobs.note, scene.folder, priority)
  );
  await Promise.all(futures.map(({ accepted }) => accepted));
  await scene.worker({ concurrency: 1 });
  await wait(futures);
  assertEquals(scene.lines("ran").map(Number), [4, 1, 0, -1, -5]);
});

natsTest("a job that computes for longer than a worker may be silent runs once", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ executor: "threads", concurrency: 1 });
  await scene.worker({ executor: "threads", concurrency: 1 });
  assertEquals(await executor.submit(remoteJobs.compute, scene.folder, 3_000), "computed");
  assertEquals(scene.lines("ran").length, 1);
});

natsTest("a job that is submitted twice under one key runs once and has one result", async () => {
  await using scene = await Scene.open();
  const [one, other] = [scene.caller(), scene.caller()];
  await scene.worker();
  const settings = { key: "order 17" };
  const futures = [
    one.submitWith(settings, remoteJobs.note, scene.folder, 17),
    one.submitWith(settings, remoteJobs.note, scene.folder, 17),
    other.submitWith(settings, remoteJobs.note, scene.folder, 17),
  ];
  assertEquals(await Promise.all(futures), [17, 17, 17]);
  assertEquals(await one.submitWith(settings, remoteJobs.note, scene.folder, 17), 17);
  assertEquals(scene.lines("ran"), ["17"]);
  assertEquals(new Set(futures.map(({ id }) => id)).size, 1);
});

natsTest("a worker holds no more jobs than it has places for", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ concurrency: 2 });
  const futures = Array.from(
    { length: 20 },
    () => executor.submit(remoteJobs.waitForFile, scene.folder, "a"),
  );
  await Promise.all(futures.map(({ accepted }) => accepted));
  await until(() => scene.lines("began").length === 2);
  assertEquals(await jobsOf(scene.server), { stored: 20, given: 2 });
  await scene.go();
  await wait(futures);
});

natsTest("a server that is silent for a while is waited for", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  await executor.ready();
  let futures;
  {
    using _ = scene.server.pause();
    futures = [1, 2, 3].map((n) => executor.submit(remoteJobs.note, scene.folder, n));
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // silence has a length, and no sign of its own
  }
  assertEquals(await Promise.all(futures), [1, 2, 3]);
});

natsTest(
  "a caller that reads too slowly is cut off by the server, and has all its results all the same",
  async () => {
    await using scene = await Scene.open({ config: "max_pending: 8000000" });
    const executor = scene.caller();
    await scene.remoteWorker();
    await scene.remoteWorker();
    const futures = Array.from({ length: 60 }, () => executor.submit(remoteJobs.bytes, 400_000));
    await Promise.all(futures.map(({ accepted }) => accepted));
    const end = performance.now() + 30_000;
    while (!scene.server.log.includes("Slow Consumer")) { // and this thread reads nothing meanwhile
      assert(performance.now() < end, "the server cut nobody off");
    }
    const results = await Promise.all(futures);
    assertEquals(results.map(({ length }) => length), futures.map(() => 400_000));
  },
);

natsTest("arguments and results of sixteen mebibytes cross", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const size = 16 * 1024 * 1024;
  assertEquals(await executor.submit(remoteJobs.sum, new Uint8Array(size).fill(1)), size);
  const bytes = await executor.submit(remoteJobs.bytes, size);
  assertEquals([bytes.length, bytes[0], bytes.at(-1)], [size, 7, 7]);
});

natsTest("ten thousand jobs may wait, and each has its result", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const futures = Array.from({ length: 10_000 }, (_, n) => executor.submit(remoteJobs.echo, n));
  await Promise.all(futures.map(({ accepted }) => accepted));
  await scene.worker({ concurrency: 32 });
  assertEquals(await Promise.all(futures), futures.map((_, n) => n));
});

natsTest("a caller and a worker need no permission but that to reach the server", async () => {
  await using scene = await Scene.open();
  const module = new URL("../support/programs/remote_least.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      `--allow-net=127.0.0.1:${scene.server.port}`,
      "--allow-read", // of the modules of jobs, which are files here
      module,
      scene.server.url,
      ...allow,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout), text.decode(stderr)], [0, "7\n", ""]);
  assert(code === 0);
});
