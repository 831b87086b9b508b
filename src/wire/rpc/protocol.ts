/**
 * What a controller and its worker say to each other. Messages are arrays that begin with their `Op`.
 *
 *     message                              from        means
 *     SETUP options                        controller  what the worker is called and how it runs
 *     READY                                worker      its preloads have run: calls can begin
 *     DEFINE index target                  controller  a function, once; from then on its index
 *     RUN (id fn args marked mode slot)*   controller  a batch of calls
 *     REVOKE id*                           controller  takes calls back, by the control channel only
 *     UNNOTED                              worker      nothing can be taken back any more
 *     STOP id reason                       controller  asks a call to stop, by the control channel
 *     SETTLED (id code value ms)*          worker      a batch of outcomes
 *     ITEMS id first (value marked)*       worker      of a generator, from its item number `first` on
 *     PROGRESS id value marked             worker      what a call tells of itself
 *     PULL id count                        controller  room for so many more items
 *     RETURN id                            controller  no more items are wanted: its `finally` runs
 *     CRASHED error                        worker      an error outside of any call; the worker is gone
 *     PING                                 controller  asks for a PONG
 *     PONG                                 worker      nothing computes here
 *     UNREAD                               worker      something came that the platform could not read
 *     ASK id                               controller  asks which calls up to this one are there
 *     HAVE id (id items)*                  worker      these, with their items so far; the rest is unread
 *     SPANS spans                          worker      what the worker has traced since the last time
 *     END keeps                            controller  finish what runs, then go; or be kept for another thread
 */

/** The first element of every message. */
export const Op = {
  SETUP: 0,
  READY: 1,
  DEFINE: 2,
  RUN: 3,
  STOP: 4,
  SETTLED: 5,
  ITEMS: 6,
  PULL: 7,
  RETURN: 8,
  CRASHED: 9,
  END: 10,
  SPANS: 11,
  PROGRESS: 12,
  REVOKE: 13,
  UNNOTED: 14,
  PING: 15,
  PONG: 16,
  UNREAD: 20,
  ASK: 21,
  HAVE: 22,
} as const;

/** How a call ended. */
export const Code = {
  /** With a value that needs no decoding. */
  PLAIN: 0,
  /** With a value that was marked by the codec. */
  MARKED: 1,
  /** With an error, always marked. */
  FAILED: 2,
  /** It was taken back before it began. */
  REVOKED: 3,
  /** With `undefined`, which JSON cannot carry. */
  VOID: 4,
} as const;

/** How many elements a call takes in RUN. */
export const RUN_WIDTH = 6;

/** How many elements an outcome takes in SETTLED. */
export const SETTLED_WIDTH = 4;

/** How many items of a generator may be on their way; the generator begins with room for so many. */
export const ITEMS_AHEAD = 64;

/** How a call is to be run. */
export const Mode = {
  /** Its result is sent. */
  CALL: 0,
  /** It is a generator: its items are sent as there is room. */
  STREAM: 1,
  /** Its arguments are `ChunkCalls`: the function is called with each, in order. */
  CHUNK: 2,
  /** Added to another: before the arguments stand values of context variables by name. */
  CARRYING: 4,
} as const;

/** What a worker is told before its first call. */
export interface Setup {
  /** Its name, as in `Thread-1`. */
  readonly name: string;
  /** How many asynchronous calls may run at once. */
  readonly concurrency: number;
  /** Whether it records spans. */
  readonly trace: boolean;
}
