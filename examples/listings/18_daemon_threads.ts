/**
 * 18: the program lives as long as a thread works in it; a daemon thread is cut off.
 *
 * Python: examples/python/18_daemon_threads.py
 * Run:    deno run --allow-read=. examples/listings/18_daemon_threads.ts
 * Watch:  2.5 seconds, not 5: nobody waits for the second thread, and the end of the program is its end.
 */
import { portable, sleepSync, Thread } from "@quartet/concurrency/threading";

const func = portable(import.meta, function func(): void {
  for (let i = 0; i < 5; i++) {
    console.log(`from child thread: ${i}`);
    sleepSync(500);
  }
});

if (import.meta.main) {
  const thread = new Thread({ target: func });
  thread.start();
  console.log("App stop");
  await thread.join();

  console.log("\n");
  const daemon = new Thread({ target: func, daemon: true });
  daemon.start();
  console.log("App stop");
}
