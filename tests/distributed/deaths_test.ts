/** Kills what stands on other machines, at its worst moment: each job has one result all the same. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { BrokenExecutorError } from "@quartet/concurrency/distributed";
import { wait } from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { natsTest } from "../support/nats_server.ts";
import { Scene } from "../support/nats_scene.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

natsTest("a job whose worker is killed runs on another, and has one result", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const first = await scene.remoteWorker();
  const future = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  const second = await scene.remoteWorker();
  await first.kill();
  await scene.go();
  assertEquals(await future, second.pid);
  assertEquals(scene.lines("began").length, 2);
});

natsTest("jobs and results outlive a server that is killed", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.remoteWorker();
  const running = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  await scene.server.kill();
  const meanwhile = executor.submit(remoteJobs.note, scene.folder, 2);
  await scene.go();
  await scene.server.restart();
  assert(await running > 0);
  assertEquals(await meanwhile, 2);
  assertEquals(await executor.submit(remoteJobs.note, scene.folder, 3), 3);
});

natsTest(
  "a server that comes back without its store is used again, and what it lost is told",
  async () => {
    await using scene = await Scene.open();
    const executor = scene.caller();
    const worker = await scene.worker();
    const lost = [0, 3].map((priority) =>
      executor.submitWith({ priority }, remoteJobs.waitForFile, scene.folder, "a")
    );
    await Promise.all(lost.map(({ accepted }) => accepted));
    await until(() => scene.lines("began").length === 2);
    await scene.server.kill();
    const meanwhile = executor.submit(remoteJobs.echo, 2);
    await scene.server.loseStore();
    await scene.server.restart();
    for (const future of lost) {
      await assertRejects(() => future.then(), BrokenExecutorError, "without what it had stored");
    }
    await scene.go();
    assertEquals(await meanwhile, 2);
    assertEquals(await executor.submitWith({ priority: 3 }, remoteJobs.echo, 3), 3);
    assertEquals(await executor.submitWith({ delay: 1 }, remoteJobs.echo, 4), 4);
    const big = new Uint8Array(1 << 20).fill(1);
    assertEquals(await executor.submit(remoteJobs.sum, big), 1 << 20);
    assert(worker.statistics().completed >= 4);
  },
);

natsTest("a worker that was away brings a second result, which is dropped", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const away = await scene.remoteWorker();
  const future = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  away.signal("SIGSTOP");
  await scene.worker();
  await until(() => scene.lines("began").length === 2);
  await scene.go();
  assertEquals(await future, Deno.pid);
  away.signal("SIGCONT");
  away.signal("SIGTERM"); // it ends what it has, and then itself
  const { status, stderr } = await away.ended();
  assertEquals([status.code, stderr], [0, ""]);
  assertEquals(await executor.future(future.id), Deno.pid);
});

natsTest("worker and server are killed at once, and nothing is lost", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const first = await scene.remoteWorker();
  const future = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  await Promise.all([first.kill(), scene.server.kill()]);
  await scene.server.restart();
  const second = await scene.remoteWorker();
  await scene.go();
  assertEquals(await future, second.pid);
});

natsTest("another caller gets the result of a job whose caller has died", async () => {
  await using scene = await Scene.open();
  const module = new URL("../support/programs/remote_caller.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", module, scene.server.url, scene.folder],
    stderr: "inherit",
  }).output(); // it has killed itself after its job was stored
  const id = new TextDecoder().decode(stdout).trim();
  assertNotEquals(id, "");
  const worker = await scene.remoteWorker();
  await scene.go();
  const executor = scene.caller();
  assertEquals(await executor.future(id), worker.pid);
});

natsTest(
  "a job that kills its workers is given up, can be seen, and runs again when it is replayed",
  async () => {
    await using scene = await Scene.open();
    const executor = scene.caller({ maxDeliver: 2 });
    const first = await scene.remoteWorker();
    const second = await scene.remoteWorker();
    const poisoned = executor.submit(remoteJobs.poison, scene.folder);
    await Promise.all([first.ended(), second.ended()]);
    await scene.remoteWorker();
    const error = await assertRejects(() => poisoned.then(), BrokenExecutorError);
    assertEquals(scene.lines("began").length, 2, error.message);
    const letters = await Array.fromAsync(executor.deadLetters());
    assertEquals(letters.map(({ id, attempts }) => [id, attempts]), [[poisoned.id, 2]]);
    await Deno.writeTextFile(`${scene.folder}/antidote`, "");
    assertEquals(await executor.replay(poisoned.id), "cured");
    assertEquals(await Array.fromAsync(executor.deadLetters()), []);
  },
);

natsTest("a worker that is killed costs no attempt of the jobs that had not begun", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller({ maxDeliver: 1 });
  const worker = await scene.remoteWorker({ concurrency: 1 });
  const ran = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  const waiting = Array.from(
    { length: 20 },
    (_, n) => executor.submit(remoteJobs.note, scene.folder, n),
  );
  await Promise.all(waiting.map(({ accepted }) => accepted));
  await worker.kill();
  await scene.remoteWorker();
  await assertRejects(() => ran.then(), BrokenExecutorError);
  assertEquals((await Promise.all(waiting)).length, 20);
  assertEquals(scene.lines("ran").length, 20);
});

natsTest("a worker that is told to end gives its jobs to nobody: it ends them first", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const worker = await scene.remoteWorker();
  const future = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  worker.signal("SIGTERM");
  await scene.go();
  assertEquals(await future, worker.pid);
  assertEquals(scene.lines("began").length, 1);
});

natsTest(
  "two thousand jobs over three workers, of which one is killed again and again, have two thousand results",
  async () => {
    await using scene = await Scene.open();
    const executor = scene.caller();
    const workers = await Promise.all([1, 2, 3].map(() => scene.remoteWorker()));
    const count = 2_000;
    const futures = Array.from(
      { length: count },
      (_, n) => executor.submit(remoteJobs.note, scene.folder, n),
    );
    let results = 0;
    for (const future of futures) future.addDoneCallback(() => results++);
    for (let kills = 1; kills <= 3; kills++) {
      await until(() => results >= count * kills / 5);
      const next = scene.remoteWorker();
      await workers.shift()!.kill();
      workers.push(await next);
    }
    await wait(futures);
    assertEquals(futures.map((future) => future.result()), futures.map((_, n) => n));
    const ran = scene.lines("ran");
    assertEquals(new Set(ran).size, count);
    assert(ran.length - count <= 3 * 4, `${ran.length - count} ran twice`);
  },
);
