/**
 * How processes end, and the exit code that tells it: by themselves, by an error, by `terminate()`, by `kill()`.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/processes/kill.ts
 * Watch:  a negative exit code is the number of the signal. `terminate()` sends SIGTERM, which a process can catch,
 *         to put things in order or to go on; nobody can catch the SIGKILL of `kill()`. So "by force" is true of
 *         `kill()` alone. (Windows has no signals: both end the process.)
 */
import { Event, portable, Process } from "@quartet/concurrency/multiprocessing";
import { show } from "../show.ts";

const work = portable(import.meta, function work(): string {
  return "done";
});

const fail = portable(import.meta, function fail(): never {
  throw new RangeError("the work fails");
});

const leave = portable(import.meta, function leave(): never {
  Deno.exit(7);
});

/** Tells that it runs, and would run for ever. */
const endless = portable(import.meta, async function endless(begun: Event): Promise<void> {
  await begun.set();
  await new Promise(() => setInterval(() => {}, 1000));
});

/** The same, but does not listen to SIGTERM. */
const stubborn = portable(
  import.meta,
  async function stubborn(begun: Event, asked: Event): Promise<void> {
    Deno.addSignalListener("SIGTERM", () => asked.set());
    await begun.set();
    await new Promise(() => setInterval(() => {}, 1000));
  },
);

if (import.meta.main) {
  const first = new Process({ target: work }).start();
  show("returns", `exit code ${(await first.join(), first.exitCode)}`);

  const second = new Process({ target: fail }).start();
  const error: RangeError = await second.result.then(() => {
    throw new Error("it should have failed");
  }, (error) => error);
  await second.join();
  show(`throws (${error.message})`, `exit code ${second.exitCode}`);

  const third = new Process({ target: leave }).start();
  third.result.catch(() => {});
  show("calls exit(7)", `exit code ${(await third.join(), third.exitCode)}`);

  const [begun, asked] = [new Event(), new Event()];
  for (const way of ["terminate", "kill"] as const) {
    const process = new Process({ target: endless, args: [begun] }).start();
    process.result.catch(() => {});
    await begun.wait();
    await begun.clear();
    show(`${way}(): alive before`, process.isAlive);
    process[way]();
    await process.join();
    show(`${way}()`, `exit code ${process.exitCode}`);
  }

  const process = new Process({ target: stubborn, args: [begun, asked] }).start();
  process.result.catch(() => {});
  await begun.wait();
  process.terminate();
  await asked.wait();
  show("terminate(), caught by the process: alive after", process.isAlive);
  process.kill();
  await process.join();
  show("kill(), which nobody can catch", `exit code ${process.exitCode}`);
}
