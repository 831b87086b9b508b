import type { Arrivals } from "./arrivals.ts";
import type { Job } from "../pool/job.ts";
import type { Ending } from "./transport.ts";

/** A job that the worker has. */
export interface SentJob {
  readonly job: Job;
  readonly slot: number;
  owed: number;
  /** It was taken back: it is somebody else's now. */
  revoked: boolean;
  /** What has come of it before its end, if anything has. */
  arrivals: Arrivals | null;
}

/** What a controller tells the one who owns it. */
export interface ControllerEvents {
  /** A job ended; it took `ms` milliseconds over there. */
  onSettled?(job: Job, ms: number): void;
  /** A job was taken back before it began, also by the worker's death. */
  onRevoked?(job: Job): void;
  /** The worker is gone. */
  onGone?(ending: Ending): void;
}
