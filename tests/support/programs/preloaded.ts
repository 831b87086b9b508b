/** Tells what the preloaded module has done here, in a thread, in its thread, in a child and in its thread. */
import { portable, ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { Thread } from "@quartet/concurrency/threading";

export const work = portable(import.meta, {
  marks(): string[] {
    return (globalThis as { marks?: string[] }).marks ?? [];
  },
  async marksInThread(): Promise<string[]> {
    const thread = new Thread({ target: work.marks }).start();
    const marks = await thread.result;
    await thread.join();
    return marks;
  },
});

if (import.meta.main) {
  await using threads = new ThreadPoolExecutor({ maxWorkers: 1 });
  await using processes = new ProcessPoolExecutor({ maxWorkers: 1 });
  console.log(JSON.stringify({
    here: work.marks(),
    thread: await threads.submit(work.marks),
    inline: await threads.submit(() => (globalThis as { marks?: string[] }).marks),
    nested: await threads.submit(work.marksInThread),
    child: await processes.submit(work.marks),
    childsThread: await processes.submit(work.marksInThread),
  }));
}
