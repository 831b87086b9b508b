/** A script that forgets its main guard; the argument says with what it starts work at its top level. */
import { portable, ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";

const square = portable(import.meta, function square(n: number): number {
  return n * n;
});

const Pool = Deno.args[0] === "processes" ? ProcessPoolExecutor : ThreadPoolExecutor;
await using pool = new Pool({ maxWorkers: 1 });
console.log("result", await pool.submit(square, 7));
