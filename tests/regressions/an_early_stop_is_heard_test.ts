// A thread that was asked to stop in the moment in which its work began computed on: the platform had taken the message
// for an event, to which the work never returned.
import "../support/leak_guard.ts";
import { assertRejects } from "@std/assert";
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { StoppedError, Thread } from "@quartet/concurrency/threading";
import { jobs } from "../support/targets/jobs.ts";
import { threadTest } from "../support/threads_gone.ts";
import { until } from "../support/until_waiting.ts";

for (let ms = 0; ms <= 40; ms += 10) {
  threadTest(`a thread that is asked to stop ${ms} ms after its start stops`, async () => {
    const thread = new Thread({ target: jobs.spin, fresh: true }).start();
    setTimeout(() => thread.stop(), ms);
    await assertRejects(() => thread.result, StoppedError);
  });

  threadTest(`a job that is given up ${ms} ms after its thread was started stops`, async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const giving = new AbortController();
    const job = pool.submitWith({ signal: giving.signal }, jobs.spin);
    setTimeout(() => giving.abort(), ms);
    await assertRejects(() => job.then(), DOMException);
    await pool.shutdown();
    await until(() => pool.statistics().zombies === 0); // one that is slow to end counts for a moment
  });
}
