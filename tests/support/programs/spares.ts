/** A program with children that are kept ready, and how it ends. */
import { Process, setSpares } from "../../../src/multiprocessing/mod.ts";
import { children } from "../children.ts";
import { spareTargets } from "../targets/spare_targets.ts";

/** Starts a process and waits for its end; returns its number. */
async function run(): Promise<number> {
  const process = new Process({ target: spareTargets.uses }).start();
  await process.join();
  return process.pid!;
}

const later = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

if (import.meta.main) {
  const [how] = Deno.args;
  if (how === "alike") {
    const counts = [children().length];
    await run();
    counts.push(children().length);
    await run();
    while (children().length === 0) await later();
    const [spare] = children();
    counts.push(children().length);
    console.log(...counts, await run() === spare);
  } else {
    setSpares(2);
    const spares = children();
    if (how === "revoke") {
      Deno.permissions.revokeSync({ name: "write" });
      const process = new Process({ target: spareTargets.mayWrite }).start();
      console.log(await process.result);
      await process.join();
    } else {
      console.log(...spares);
      if (how === "exit") Deno.exit(0);
      if (how === "throw") throw new Error("as it is told");
      if (how === "kill") Deno.kill(Deno.pid, "SIGKILL");
    }
  }
}
