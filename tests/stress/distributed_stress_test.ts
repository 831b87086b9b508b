/** 20,000 jobs over three workers, of which one is killed each second. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { wait } from "@quartet/concurrency/futures";
import { natsTest } from "../support/nats_server.ts";
import { Scene } from "../support/nats_scene.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

const COUNT = 20_000;
const WORKERS = 3;
const PLACES = 8;

natsTest("20,000 jobs have 20,000 results though a worker is killed each second", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller({ maxDeliver: 100 });
  const start = () => scene.remoteWorker({ concurrency: PLACES });
  const workers = await Promise.all(Array.from({ length: WORKERS }, start));
  const futures = Array.from(
    { length: COUNT },
    (_, n) => executor.submit(remoteJobs.note, scene.folder, n),
  );
  let kills = 0;
  let isDone = false;
  const killing = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (isDone) break;
      const next = start();
      await workers.shift()!.kill();
      kills++;
      workers.push(await next);
    }
  })();
  await wait(futures);
  isDone = true;
  await killing;
  assertEquals(futures.map((future) => future.result()), futures.map((_, n) => n));
  const ran = scene.lines("ran");
  assertEquals(new Set(ran).size, COUNT);
  console.log(`${kills} workers killed, ${ran.length - COUNT} of ${COUNT} jobs ran twice`);
  assert(ran.length - COUNT <= kills * PLACES, `${ran.length - COUNT} ran twice`);
});
