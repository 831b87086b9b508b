import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { BrokenExecutorError, InvalidStateError } from "@quartet/concurrency/distributed";
import { until } from "@quartet/concurrency/testing";
import { Scene } from "../support/nats_scene.ts";
import { natsTest } from "../support/nats_server.ts";
import { jobs } from "../support/targets/jobs.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

natsTest("a job that the server itself has given up becomes a dead letter, too", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller({ ackWait: 500, maxDeliver: 1 });
  await executor.ready();
  const worker = await scene.worker({ concurrency: 1 });
  const busy = executor.submit(remoteJobs.waitForFile, scene.folder, "a");
  await until(() => busy.running());
  const lost = executor.submit(jobs.square, 7);
  await lost.accepted;
  // A worker that dies each time before it can count that.
  const nc = await connect({ servers: scene.server.url });
  const consumer = await jetstream(nc).consumers.get("quartet_quartet_jobs", "lane_5");
  for (let deliveries = 1; deliveries <= 4; deliveries++) {
    assertEquals((await consumer.next({ expires: 10_000 }))?.info.deliveryCount, deliveries);
  }
  // It says so when somebody asks for a job and it would give this one once more.
  while (!lost.done()) assertEquals(await consumer.next({ expires: 1_000 }), null);
  const error = await assertRejects(() => lost.then(), BrokenExecutorError);
  assertEquals((error as BrokenExecutorError & { attempts: number }).attempts, 4);
  await nc.close();
  const letters = await Array.fromAsync(executor.deadLetters());
  assertEquals(letters.map(({ id, attempts }) => [id, attempts]), [[lost.id, 4]]);
  await scene.go();
  assertEquals(await busy, Deno.pid);
  assertEquals(await executor.replay(lost.id), 49);
  assertEquals([worker.statistics().dead, worker.statistics().completed], [1, 2]);
});

natsTest(
  "a result is kept as long as was asked for, and then it is not found any more",
  async () => {
    await using scene = await Scene.open();
    const executor = scene.caller({ resultTtl: 1_000 });
    await scene.worker();
    const future = executor.submit(jobs.square, 7);
    assertEquals(await future, 49);
    const other = scene.caller();
    assertEquals(await other.future(future.id), 49);
    const isGone = async (): Promise<boolean> => {
      const error = await other.future(future.id).then(() => null, (error) => error);
      return error instanceof InvalidStateError;
    };
    while (!await isGone());
  },
);
