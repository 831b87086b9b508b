import { type ClockTimer, realClock } from "../../core/clock.ts";

/** The pause after the first start that failed, in milliseconds; it doubles with each further one. */
const FIRST_PAUSE = 10;
/** The longest pause. */
const LONGEST_PAUSE = 1_000;
/** So many workers in a row that end by themselves before they are ready have a reason that stays. */
const MAX_OWN_ENDS = 3;
/** So many starts in a row fail for a reason that stays although it comes from outside: about five seconds. */
const MAX_FAILURES = 12;

/**
 * When a worker may be started, after starts that failed.
 *
 * What is killed while it starts, or finds no descriptor or memory, says little about the next one: it is tried
 * again after a pause that grows, one at a time, and what waits goes on waiting. A pool that never had a worker
 * gives up at some time; one that had goes on, since starts can succeed: they did.
 */
export class StartPolicy {
  readonly #again: () => void;
  #failures = 0;
  #ownEnds = 0;
  #everReady = false;
  #timer: ClockTimer | null = null;

  /** `again` is called when a pause is over. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** Whether one more may be started now, while so many are starting. */
  mayStart(starting: number): boolean {
    return this.#failures === 0 || (this.#timer === null && starting === 0);
  }

  /** A worker is ready. */
  succeeded(): void {
    this.#everReady = true;
    this.#failures = 0;
    this.#ownEnds = 0;
    this.dispose();
  }

  /** A start failed, by the worker's own doing or from outside. */
  failed(byItself: boolean): void {
    this.#failures++;
    if (byItself) this.#ownEnds++;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
    this.#timer?.cancel();
    this.#timer = realClock.setTimer(() => {
      this.#timer = null;
      this.#again();
    }, pause);
  }

  /** Why it is of no use to try again; `null` while it is. A pool that is shut down does not wait for better times. */
  hopeless(isShutDown: boolean): string | null {
    if (this.#everReady && !isShutDown) return null;
    if (this.#ownEnds < MAX_OWN_ENDS && this.#failures < MAX_FAILURES) return null;
    return `${this.#failures} workers in a row failed to start`;
  }

  /** Nothing is tried again. */
  dispose(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}

const SHORTAGES = ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"];

/** Whether an error only says that the system has no descriptor, process or memory to give at the moment. */
export function isShortage(error: unknown): boolean {
  return error instanceof Error && SHORTAGES.includes((error as { code?: string }).code ?? "");
}
