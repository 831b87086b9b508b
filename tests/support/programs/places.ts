/** Starts processes from the main thread, from a thread, and from a process, and says what they return. */
import * as futures from "@quartet/concurrency/futures";
import { portable, Process } from "@quartet/concurrency/multiprocessing";
import { Thread } from "@quartet/concurrency/threading";

const { square, viaPool, viaProcess, viaThread } = portable(import.meta, {
  square(n: number) {
    return n * n;
  },
  async viaPool(n: number) {
    await using pool = new futures.ProcessPoolExecutor({ maxWorkers: 1 });
    return await pool.submit(square, n);
  },
  async viaProcess(n: number): Promise<number> {
    const process = new Process({ target: square, args: [n] }).start();
    const result = await process.result;
    await process.join();
    return result;
  },
  async viaThread(n: number): Promise<number> {
    const thread = new Thread({ target: viaProcess, args: [n] }).start();
    const result = await thread.result;
    await thread.join();
    return result;
  },
});

if (import.meta.main) {
  const results: number[] = [await viaProcess(2)];
  if (Deno.args[0] === "nested") {
    for (const target of [viaPool, viaProcess, viaThread]) {
      // The platform takes half a second to start a thread from a thread, which would show nothing more here.
      if (target !== viaThread) {
        const thread = new Thread({ target, args: [results.length + 2] }).start();
        results.push(await thread.result);
        await thread.join();
      }
      const process = new Process({ target, args: [results.length + 2] }).start();
      results.push(await process.result);
      await process.join();
    }
  }
  console.log(results.join());
}
