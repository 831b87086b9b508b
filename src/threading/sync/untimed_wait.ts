import type { WaitOptions } from "../../core/deadline.ts";

/** A wait that cannot run out of time, so that it never returns `null`. */
export interface UntimedWait extends WaitOptions {
  /** Not given. */
  timeout?: undefined;
}
