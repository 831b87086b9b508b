/**
 * Stop 14: workers that may die. A job whose worker is gone is given to another, and so it may run twice.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/tour/stops/14_many_machines.ts
 * Watch:  order 2 is charged twice, though there is one result for it. Between machines it is the same.
 */
import { BrokenExecutorError, portable, ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { ManagedList } from "@quartet/concurrency/multiprocessing";
import { drawTimeline, type Lane, type Span, wallTime } from "../../timeline.ts";

const ways = {
  async charge(ledger: ManagedList<number>, order: number): Promise<void> {
    await ledger.append(order);
  },
  async chargeOnce(ledger: ManagedList<number>, order: number): Promise<void> {
    if (await ledger.indexOf(order) === -1) await ledger.append(order);
  },
};

const handle = portable(
  import.meta,
  async function handle(ledger: ManagedList<number>, order: number, attempt: number) {
    await ways.charge(ledger, order);
    if (order === 2 && attempt === 1) Deno.exit(1); // the machine goes down before it can report
    return `receipt for ${order}`;
  },
);

class Desk {
  readonly ledger = new ManagedList<number>();
  readonly lanes: Lane[] = [];

  /** Gives the order to a worker, and to another one as long as workers die of it. */
  async deliver(pool: ProcessPoolExecutor, order: number): Promise<string> {
    const spans: Span[] = [];
    this.lanes.push({ name: `order ${order}`, spans });
    for (let attempt = 1;; attempt++) {
      const start = wallTime();
      try {
        const receipt = await pool.submit(handle, this.ledger, order, attempt);
        spans.push({ start, end: wallTime(), mark: "#" });
        return receipt;
      } catch (error) {
        if (!(error instanceof BrokenExecutorError)) throw error;
        spans.push({ start, end: wallTime(), mark: "!" });
      }
    }
  }
}

if (import.meta.main) {
  const desk = new Desk();
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
  const receipts = await Promise.all([1, 2, 3].map((order) => desk.deliver(pool, order)));
  console.log(`results: ${receipts.join(", ")}`);
  const charged = await desk.ledger.getValue();
  for (const order of [1, 2, 3]) {
    console.log(`order ${order} charged: ${charged.filter((each) => each === order).length}`);
  }
  console.log(drawTimeline(desk.lanes));
}
