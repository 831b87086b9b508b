/**
 * 16: without `join()` main and child go side by side; with it main waits for both threads.
 *
 * Python: examples/python/16_thread_join.py
 * Run:    deno run --allow-read=. examples/listings/16_thread_join.ts
 *         and under CPython's lock: the same with --gil
 * Watch:  two lines of the child for one of main; then two children at the same time (1 s, not 2), and "stop" only
 *         after both. CPython's threads take turns under one lock, which a sleeping thread lets
 *         go of: `Gil` does the same, so the output is no other. These threads run at the same time.
 */
import { Gil, portable, sleep, sleepSync, Thread } from "@quartet/concurrency/threading";

const func = portable(import.meta, function func(gil: Gil | null): void {
  const work = (): void => {
    for (let i = 0; i < 5; i++) {
      console.log(`from child thread: ${i}`);
      sleepSync(200);
    }
  };
  if (gil) gil.run(work);
  else work();
});

if (import.meta.main) {
  const gil = Deno.args.includes("--gil") ? new Gil() : null;
  const th = new Thread({ target: func, args: [gil] });
  th.start();
  for (let i = 0; i < 5; i++) {
    console.log(`from main thread: ${i}`);
    await sleep(400);
  }

  const th1 = new Thread({ target: func, args: [gil] });
  const th2 = new Thread({ target: func, args: [gil] });
  th1.start();
  th2.start();
  await th1.join();
  await th2.join();
  console.log("--> stop");
}
