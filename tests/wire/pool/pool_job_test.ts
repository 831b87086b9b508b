import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "@quartet/concurrency/testing";
import { TimeoutError } from "../../../src/core/errors.ts";
import { type JobOwner, PoolJob } from "../../../src/wire/pool/pool_job.ts";

const owner: JobOwner = { reach: "thread", withdraw: () => true };

Deno.test("a job's timeout does not run while the job, taken back, waits again", async () => {
  await using clock = new VirtualClock();
  const job = new PoolJob(owner, () => {}, [], { timeout: 50 }, clock.now());
  job.watch();
  job.begin();
  job.takenBack();
  await clock.advance(1_000);
  assertEquals(job.future.done(), false);
  job.begin();
  await clock.advance(60);
  await assertRejects(() => job.future.then(), TimeoutError, "50 ms");
});

Deno.test("a job that was taken back is still bound by its queueTimeout, from its submission", async () => {
  await using clock = new VirtualClock();
  const job = new PoolJob(owner, () => {}, [], { queueTimeout: 100 }, clock.now());
  job.watch();
  await clock.advance(40);
  job.begin();
  await clock.advance(40);
  job.takenBack();
  await clock.advance(10);
  assertEquals(job.future.done(), false);
  await clock.advance(15);
  await assertRejects(() => job.future.then(), TimeoutError, "100 ms");
});
