/** A program of its own that runs with few permissions: says what its child is granted, and what it is refused. */
import { Process } from "../../../src/multiprocessing/mod.ts";
import { targets } from "./process_targets.ts";

if (import.meta.main) {
  const child = new Process({ target: targets.granted }).start();
  const granted = await child.result;
  await child.join();
  let refused = "nothing";
  try {
    new Process({ target: targets.granted, permissions: { ffi: true } }).start();
  } catch (error) {
    refused = (error as Error).name;
  }
  console.log(JSON.stringify({ granted, refused }));
}
