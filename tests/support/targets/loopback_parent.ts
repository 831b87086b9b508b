/** A program of its own that may not make folders, so that its child comes over loopback. */
import { Process } from "../../../src/multiprocessing/mod.ts";
import { targets } from "./process_targets.ts";

if (import.meta.main) {
  const child = new Process({ target: targets.square, args: [9] }).start();
  console.log(await child.result);
  await child.join();
}
