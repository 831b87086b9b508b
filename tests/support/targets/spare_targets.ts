/** What processes run that were kept ready. */
import {
  currentProcess,
  parentProcess,
  portable,
  setSpares,
} from "../../../src/multiprocessing/mod.ts";

let uses = 0;

export const spareTargets = portable(import.meta, {
  uses() {
    return ++uses;
  },
  pid(_: number) {
    return Deno.pid;
  },
  who() {
    const { name, pid, daemon } = currentProcess();
    return { name, pid, daemon, parent: parentProcess()?.pid };
  },
  surroundings() {
    return { value: Deno.env.get("QUARTET_TEST_SPARE"), folder: Deno.cwd() };
  },
  mayWrite() {
    return Deno.permissions.querySync({ name: "write" }).state;
  },
  askForSpares() {
    try {
      setSpares(1);
      return "none";
    } catch (error) {
      return (error as Error).name;
    }
  },
  spin() {
    while (true);
  },
});
