/**
 * 16: without `join()` main and child go side by side; with it main waits for both threads.
 *
 * Python: 16_thread_join.py
 * Run:    deno run --allow-read=. examples/listings/16_thread_join.ts
 * Watch:  two lines of the child for one of main; then two children at the same time (1 s, not 2), and "stop" only
 *         after both. CPython's threads take turns under one lock; these run at the same time.
 */
import { portable, sleep, sleepSync, Thread } from "@quartet/concurrency/threading";

const func = portable(import.meta, function func(): void {
  for (let i = 0; i < 5; i++) {
    console.log(`from child thread: ${i}`);
    sleepSync(200);
  }
});

if (import.meta.main) {
  const th = new Thread({ target: func });
  th.start();
  for (let i = 0; i < 5; i++) {
    console.log(`from main thread: ${i}`);
    await sleep(400);
  }

  const th1 = new Thread({ target: func });
  const th2 = new Thread({ target: func });
  th1.start();
  th2.start();
  await th1.join();
  await th2.join();
  console.log("--> stop");
}
