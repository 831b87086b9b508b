/** Starts children that compute on and on without a look at anything, and ends as it is told. */
import { portable, Process } from "../../../src/multiprocessing/mod.ts";

const { spin, startOne } = portable(import.meta, {
  spin(): never {
    console.log(Deno.pid);
    while (true);
  },
  startOne(): Promise<never> {
    console.log(Deno.pid);
    new Process({ target: spin }).start();
    return new Promise(() => {});
  },
});

if (import.meta.main) {
  const [how, ...children] = Deno.args;
  for (const child of children) {
    const target = child === "parent" ? startOne : spin;
    new Process({ target, daemon: child === "daemon" }).start();
  }
  await Deno.stdin.read(new Uint8Array(1)); // until all have said who they are
  if (how === "exit") Deno.exit(0);
  if (how === "top") throw new Error("at the top level");
  if (how === "uncaught") {
    setTimeout(() => {
      throw new Error("in a timer");
    });
  }
  if (how === "rejection") Promise.reject(new Error("nobody looks"));
}
