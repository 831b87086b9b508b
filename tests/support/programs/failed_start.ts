/** A thread that cannot start: its caller hears of it, nobody else does, and it counts as no thread. */
import { activeCount, enumerate, Thread } from "@quartet/concurrency/threading";

const thread = new Thread({ target: (x: unknown) => x, args: [() => {}], name: "stillborn" });
try {
  thread.start();
} catch (error) {
  console.log((error as Error).name);
}
const names = enumerate().map(({ name }) => name);
console.log(activeCount(), names.join(), thread.id, thread.isAlive);
