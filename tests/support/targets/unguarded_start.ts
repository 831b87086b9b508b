/** What a user must not write: it starts a process whenever it is imported. */
import { portable, Process } from "../../../src/multiprocessing/mod.ts";

/** Made portable before the module fails: it must not run all the same. */
export const early = portable(import.meta, function early(): number {
  return 1;
});

new Process({ target: early }).start();

export function nothing(): void {}
