/**
 * 19: one function in four processes; each has an id of its own.
 *
 * Python: examples/python/19_multiprocessing_who_am_i.py
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/listings/19_multiprocessing_who_am_i.ts
 * Watch:  five different ids. Nobody joins the children, yet the program ends only after them.
 */
import { portable, Process } from "@quartet/concurrency/multiprocessing";

function whoAmI(what: string): void {
  console.log(`Process ${Deno.pid} says: ${what}`);
}

const doThis = portable(import.meta, function doThis(what: string): void {
  whoAmI(what);
});

if (import.meta.main) {
  whoAmI("I'm the main program");
  for (let n = 0; n < 4; n++) {
    const process = new Process({ target: doThis, args: [`I'm function ${n}`] });
    process.start();
  }
}
