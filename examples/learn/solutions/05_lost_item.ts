/** 5. A cook waits for orders, but not for ever. */
import { EmptyError, type Queue } from "@quartet/concurrency/asyncio";

/** The next order, or `null` if none comes within `patience` milliseconds. */
export async function nextOrder(orders: Queue<string>, patience: number): Promise<string | null> {
  try {
    return await orders.get({ timeout: patience }); // when the time is over it leaves the line
  } catch (error) {
    if (!(error instanceof EmptyError)) throw error;
    return null;
  }
}
