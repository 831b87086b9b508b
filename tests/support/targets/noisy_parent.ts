/** A program of its own whose child writes to its output. */
import { Process } from "../../../src/multiprocessing/mod.ts";
import { targets } from "./process_targets.ts";

if (import.meta.main) {
  const child = new Process({ target: targets.makeNoise, args: [3] }).start();
  const result = await child.result;
  await child.join();
  console.log(result);
}
