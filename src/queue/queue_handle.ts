import type { Handle } from "../shared/memory/handle.ts";
import { handleTo } from "../shared/memory/refcount.ts";

/** What may come out of a queue: by a lock it is known whether these are loaded. */
const brings = {
  kind: "threading.Lock",
  module: new URL("../threading/memory/kinds.ts", import.meta.url).href,
};

/** The handle of a queue, which says what it will bring. */
export function queueHandle(
  at: number,
  kind: string,
  module: string,
  reach: "thread" | "process",
): Handle {
  return { ...handleTo(at, kind, module, reach), brings };
}
