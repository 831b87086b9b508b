/** 5. A cook waits for orders, but not for ever. */
import { type Queue, sleep } from "@quartet/concurrency/asyncio";

/** The next order, or `null` if none comes within `patience` milliseconds. */
export async function nextOrder(orders: Queue<string>, patience: number): Promise<string | null> {
  const order = orders.get();
  const nothing = sleep(patience, null);
  return await Promise.race([order, nothing]);
}
