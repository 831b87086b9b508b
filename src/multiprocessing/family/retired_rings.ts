/**
 * The end of a ring: with the last queue of it in this process, or sooner.
 *
 * Who only used it says that it is done with it. What this process keeps it gives back once no other living process uses it: now
 * or, without a clock of its own, when the next ring is let go of.
 */
import type { Family } from "./family.ts";
import type { Ring } from "./ring.ts";

/** What this process keeps, and nobody here has a queue of any more. */
const retired = new Set<Ring>();

const collected = new FinalizationRegistry<{ ring: Ring; family: Family }>(({ ring, family }) =>
  retire(ring, family)
);

/** Lets go of a ring when `queue` is collected. */
export function retireWith(queue: object, ring: Ring, family: Family): void {
  collected.register(queue, { ring, family }, queue);
}

/** Lets go of the ring of `queue`, which does not touch it any more. Twice does nothing. */
export function retireNow(queue: object, ring: Ring, family: Family): void {
  if (collected.unregister(queue)) retire(ring, family);
}

function retire(ring: Ring, family: Family): void {
  if (ring.owner === family.me) retired.add(ring);
  else ring.users.leave(ring.isGone);
  for (const each of retired) {
    if (each.users.any) continue;
    retired.delete(each);
    each.free();
  }
}
