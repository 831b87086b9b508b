/** Waits for the calls of a run, and notices one that never ends. */
import { realClock } from "../../core/clock.ts";

/** A call that was submitted; the futures of this library tell where they stand. */
export interface WatchedCall extends PromiseLike<unknown> {
  /** Whether it has ended. */
  done?(): boolean;
  /** Whether a worker has begun it. */
  running?(): boolean;
}

/** One call of a run did not do what it was to do. */
export class CallFailure extends Error {
  override name = "CallFailure";
  /** Which of the inputs it had. */
  readonly index: number;

  constructor(index: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
  }
}

/** The call at `index` was still on when its time was up. */
export class CallTimeout extends CallFailure {
  override name = "CallTimeout";
}

/** So often within the time limit the calls are looked at, with pauses of so many milliseconds. */
const LOOKS = 10;
const LEAST_PAUSE = 10;
const LONGEST_PAUSE = 1_000;

/**
 * The results of all calls, in order.
 *
 * The calls themselves are not touched while all goes well: a timer for each would be part of what is measured.
 * Instead all are looked at now and then, and one that was on at one look and still is a time limit later is late.
 *
 * @throws {CallFailure} with the index of the call that failed, and its error as the cause.
 * @throws {CallTimeout} with the index of the call that was late.
 */
export async function allResults(
  calls: readonly WatchedCall[],
  timeoutMs: number,
): Promise<unknown[]> {
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // it may come after the results
  const isDone = calls.map(doneOf);
  const since = new Map<number, number>();
  const pause = Math.min(LONGEST_PAUSE, Math.max(LEAST_PAUSE, timeoutMs / LOOKS));
  let known = realClock.now();
  let timer = realClock.setTimer(look, pause);
  function look(): void {
    const begun = calls.flatMap((call, i) => !isDone[i]!() && call.running?.() ? [i] : []);
    // Where no call says that it is on, the first that is not done is.
    const on = begun.length > 0 ? begun : [isDone.findIndex((done) => !done())];
    for (const i of since.keys()) if (!on.includes(i)) since.delete(i);
    for (const i of on) if (i !== -1 && !since.has(i)) since.set(i, known);
    known = realClock.now();
    const tooLate = since.entries().find(([, from]) => known - from >= timeoutMs);
    if (tooLate === undefined) timer = realClock.setTimer(look, pause);
    else late.reject(new CallTimeout(tooLate[0], `no end within ${timeoutMs} ms`));
  }
  try {
    return await Promise.race([Promise.all(calls), late.promise]);
  } catch (error) {
    if (error instanceof CallTimeout) throw error;
    throw new CallFailure(await failedAt(calls, error), String(error), { cause: error });
  } finally {
    timer.cancel();
  }
}

/** Whether a call has ended, for those, too, that do not say so. */
function doneOf(call: WatchedCall): () => boolean {
  if (call.done !== undefined) return () => call.done!();
  let done = false;
  const end = (): void => {
    done = true;
  };
  call.then(end, end);
  return () => done;
}

/** Which of the calls ended with that error. */
function failedAt(calls: readonly WatchedCall[], error: unknown): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const [i, call] of calls.entries()) {
    call.then(() => {}, (each) => {
      if (each === error) resolve(i);
    });
  }
  return promise;
}
