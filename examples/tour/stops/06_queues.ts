/**
 * Stop 6: one thread bakes, two threads sell, and a queue with two places is the shelf between them.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/06_queues.ts
 * Watch:  the baker waits when the shelf is full. Nobody takes a lock, and nobody counts how many loaves are left.
 */
import { currentThread, portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";
import { drawTimeline, type Lane, type Span, wallTime } from "../../timeline.ts";

const LOAVES = 10;

const bake = portable(
  import.meta,
  function bake(shelf: Queue<number>): { lane: Lane; fullest: number } {
    const spans: Span[] = [];
    let fullest = 0;
    for (let loaf = 1; loaf <= LOAVES; loaf++) {
      const begun = wallTime();
      sleepSync(5);
      const baked = wallTime();
      shelf.putSync(loaf); // waits while the shelf is full
      fullest = Math.max(fullest, shelf.qsize());
      spans.push({ start: begun, end: baked, mark: "#" }, {
        start: baked,
        end: wallTime(),
        mark: "·",
      });
    }
    shelf.shutdown(); // nothing more will come: the loops of the sellers end once it is empty
    return { lane: { name: currentThread().name, spans }, fullest };
  },
);

const sell = portable(
  import.meta,
  async function sell(shelf: Queue<number>): Promise<{ lane: Lane; sold: number[] }> {
    const spans: Span[] = [];
    const sold: number[] = [];
    let since = wallTime();
    for await (const loaf of shelf) {
      const start = wallTime();
      sleepSync(60);
      sold.push(loaf);
      const end = wallTime();
      spans.push({ start: since, end: start, mark: "·" }, { start, end, mark: "$" });
      since = end;
    }
    return { lane: { name: currentThread().name, spans }, sold };
  },
);

if (import.meta.main) {
  const shelf = new Queue<number>(2);
  const sellers = [1, 2].map((i) =>
    new Thread({ target: sell, args: [shelf], name: `seller ${i}` }).start()
  );
  const baker = new Thread({ target: bake, args: [shelf], name: "baker" }).start();
  const { lane, fullest } = await baker.result;
  const sales = await Promise.all(sellers.map((seller) => seller.result));
  const sold = sales.flatMap(({ sold }) => sold).sort((a, b) => a - b);
  console.log(`loaves sold, each once: ${sold.join(" ")}`);
  console.log(`loaves on the shelf, at the most: ${fullest}`);
  console.log(drawTimeline([lane, ...sales.map(({ lane }) => lane)]));
}
