import type { Arrivals } from "./arrivals.ts";
import type { Call } from "./call.ts";
import type { Ending } from "./transport.ts";

/** What a controller keeps of a call that its worker has. */
export interface OpenCall {
  /** The call; `null` once it was taken back, when only its slot is still in use. */
  call: Call | null;
  /** Its place in the slot table; -1 when it can not be taken back. */
  readonly slot: number;
  /** How many more items of a generator the worker may send. */
  owed: number;
  /** What has come of it before its end, if anything has. */
  arrivals: Arrivals | null;
}

/** What a controller tells the one who owns it. */
export interface ControllerEvents {
  /** A call ended; it took `ms` milliseconds over there. */
  onSettled?(call: Call, ms: number): void;
  /** A call came back that the worker cannot begin any more: it was passed over there, or the worker is gone. */
  onReturned?(call: Call): void;
  /** The worker is gone. */
  onGone?(ending: Ending): void;
}
