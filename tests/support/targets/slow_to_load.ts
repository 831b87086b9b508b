/** A portable generator whose module takes a moment to be imported. */
import { portable } from "@quartet/concurrency/futures";

await new Promise((resolve) => setTimeout(resolve, 200));

export const slowToLoad = portable(import.meta, {
  *forever(): Generator<number> {
    for (let i = 0;; i++) yield i;
  },
});
