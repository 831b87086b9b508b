import { type Item, postedItem } from "./item.ts";
import type { Ring } from "./ring.ts";

const PLACE = postedItem(0);

/**
 * Puts an item into a ring, or in a full memory what holds its place, so that whatever is put later stays behind it.
 *
 * @param beside called when only its place stands there; without it the item has to.
 * @returns whether it stands there; not while there is no room for its place either: it comes when items are taken.
 * @throws {RangeError} if the memory is full, and the item has to stand there.
 */
export function putInto(ring: Ring, item: Item, beside: (() => void) | undefined): boolean {
  try {
    ring.put(item);
    return true;
  } catch (error) {
    if (beside === undefined || !(error instanceof RangeError)) throw error;
  }
  try {
    ring.put(PLACE);
  } catch (error) {
    // An empty ring has room for a place: nothing would ever be taken that makes some.
    if (ring.size === 0 || !(error instanceof RangeError)) throw error;
    return false;
  }
  beside();
  return true;
}
