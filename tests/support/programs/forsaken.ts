/** Starts a child that idles and one that only looks whether it should stop; neither has a guard in the kernel without --allow-read. */
import { checkpoint, portable, Process } from "../../../src/multiprocessing/mod.ts";

const { spin, idle } = portable(import.meta, {
  spin(): never {
    console.log(Deno.pid);
    while (true) checkpoint();
  },
  idle(): Promise<never> {
    console.log(Deno.pid);
    return new Promise(() => {});
  },
});

if (import.meta.main) {
  new Process({ target: spin }).start();
  new Process({ target: idle }).start();
}
