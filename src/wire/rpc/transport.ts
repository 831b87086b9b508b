/**
 * How messages get to one worker and back: a thread behind a port, a process behind a socket, a far
 * machine behind a broker. Nothing else differs between them.
 *
 * - Messages arrive in the order in which they were sent, each exactly once, or the transport closes.
 * - `send` never waits; it throws a `TransferError` for a value that cannot cross, and sends nothing then.
 * - `onMessage` and `onClose` are set before `start`; nothing arrives before.
 * - `onClose` is called exactly once, whatever ended it.
 */
export interface Transport {
  /** What a message's values are encoded for; some handles can only cross to a thread. */
  readonly reach: Reach;
  /** Called for each message. */
  onMessage: (message: unknown) => void;
  /** Called when something came that the platform cannot read; which message it was nobody knows. */
  onUnreadable?: () => void;
  /** Called once at the end. */
  onClose: (ending: Ending) => void;
  /** Begins to deliver. */
  start(): void;
  /** Sends `message`; `transfer` lists what is moved instead of copied, where that is possible. */
  send(message: unknown, transfer?: Transferable[]): void;
  /** Sends a message that is JSON already, where messages are bytes. */
  sendJson?(message: string): void;
  /** Sends `message` so that even a worker that never returns to its event loop sees it at its next `poll`. */
  sendControl(message: unknown): void;
  /** Delivers now what was urged, without returning to the event loop. Cheap when there is nothing. */
  poll(): void;
  /** Ends when all that was sent is in the hands of the system; `null` if it is. Where a send needs no time there is none. */
  written?(): Promise<void> | null;
  /**
   * Wakes the piece of work that the far side does under this number from whatever it waits for; only
   * where memory is shared. The work is numbered by {@link beginWork} over there.
   */
  wake?(work: number): void;
  /** Says on the far side which piece of work begins. */
  beginWork?(work: number): void;
  /** Says on the far side how to find the piece of work that runs, where several take turns. */
  followWork?(current: () => number | undefined): void;
  /** Says on the far side that nothing is left to do: what comes next may come soon. */
  idle?(): void;
  /** Closes this side. What was sent before still arrives. */
  close(): void;
}

/** How far a value travels: within the process, where memory can be shared, or out of it. */
export type Reach = "thread" | "process";

/** Why a transport ended. */
export interface Ending {
  /** `closed`: as agreed. `lost`: the other side is gone or broken. */
  readonly kind: "closed" | "lost";
  /** What is known, as a phrase: `"it was killed by SIGKILL"`. */
  readonly detail: string;
  /** The error behind it, if one is known. */
  readonly cause?: unknown;
  /** Of a thread: whether its worker is free for another one. */
  readonly isFree?: boolean;
  /** Of a process: what it exited with; minus the signal's number when a signal ended it. */
  readonly exitCode?: number | null;
  /** Of a process: the signal that ended it. */
  readonly signal?: string | null;
}
