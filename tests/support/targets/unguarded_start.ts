/** What a user must not write: it starts a process whenever it is imported. */
import { Process } from "../../../src/multiprocessing/mod.ts";

new Process({ target: (): number => 1 }).start();

export function nothing(): void {}
