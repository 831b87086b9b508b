/**
 * From nothing to the first result of a process.
 *
 *     deno run -A --no-lock tests/bench/process_start_bench.ts
 */
import { fork } from "node:child_process";
import { Process, setSpares } from "@quartet/concurrency/multiprocessing";
import { bench, type Contender } from "./harness.ts";

/** Starts anew in each measurement: what is measured is the start. */
function starting(
  name: string,
  role: Contender["role"],
  once: () => Promise<() => unknown>,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const began = performance.now();
        const close = await once();
        const taken = performance.now() - began;
        await close();
        return taken;
      },
    }),
  };
}

if (import.meta.main) { // a spare child loads this module, too
  const folder = await Deno.makeTempDir();
  const trivial = `${folder}/trivial.js`;
  await Deno.writeTextFile(trivial, "console.log(49);\n");
  const forked = `${folder}/forked.mjs`;
  await Deno.writeTextFile(
    forked,
    'process.on("message", (n) => { process.send(n * n); process.disconnect(); });\n',
  );

  await bench({
    title: "from nothing to a process's first result",
    unit: "ms",
    better: "lower",
    rounds: 15,
    warmUps: 1,
    target: "Process within 1.4 of the bare deno run; 2 ms when it was kept ready",
  }, [
    starting("bare deno run", "limit", async () => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-lock", "--no-config", trivial],
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      return async () => {
        await reader.cancel();
        await child.status;
      };
    }),
    starting("Process", "ours", async () => {
      const process = new Process({ target: (n: number) => n * n, args: [7], fresh: true }).start();
      await process.result;
      return () => process.join();
    }),
    {
      name: "Process that was kept ready",
      role: "ours",
      open: () => ({
        async measure() {
          setSpares(1);
          await new Promise((resolve) => setTimeout(resolve, 300)); // it has come, and waits
          const began = performance.now();
          const process = new Process({ target: (n: number) => n * n, args: [7] }).start();
          await process.result;
          const taken = performance.now() - began;
          setSpares(0); // nobody else is held up by the next one
          await process.join();
          return taken;
        },
      }),
    },
    starting("node:child_process fork", "peer", async () => {
      const child = fork(forked);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => {
        child.once("message", resolve);
        child.send(7);
      });
      return () => ended;
    }),
  ]);

  await Deno.remove(folder, { recursive: true });
}
