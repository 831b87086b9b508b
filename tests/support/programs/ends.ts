/** A program that ends in the way and at the moment that its arguments name. */
import { Listener, Process, SharedMemory } from "@quartet/concurrency/multiprocessing";
import { until } from "@quartet/concurrency/testing";

const [what, how = "", name] = Deno.args;

if (import.meta.main) {
  if (what === "memory") new SharedMemory({ create: true, size: 1000, name });
  else if (what === "listening") new Listener({ authkey: "a secret" });
  else {
    new Process({ target: () => new Promise(() => {}) }).start();
    if (what === "running") {
      const folder = Deno.env.get("TMPDIR") as string;
      await until(() => [...Deno.readDirSync(folder)].length === 0);
    }
  }
  console.log("now");
  if (how === "exit") Deno.exit(0);
  if (how === "top") throw new Error("at the top level");
  if (how === "uncaught") {
    setTimeout(() => {
      throw new Error("in a timer");
    });
  }
  if (how === "rejection") Promise.reject(new Error("nobody looks"));
  if (how.startsWith("SIG")) Deno.kill(Deno.pid, how as Deno.Signal);
}
