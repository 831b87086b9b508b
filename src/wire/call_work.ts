import type { Work } from "../core/current.ts";

/** One call that is running on the far side, as `currentSignal()` and `checkpoint()` see it. */
export class CallWork implements Work {
  readonly #poll: () => void;
  readonly #report: (progress: unknown) => void;
  context?: unknown;
  carried: Readonly<Record<string, unknown>> | undefined = undefined;
  #controller: AbortController | null = null;
  #stopped = false;
  #reason: unknown;

  /** `poll` sees to urgent messages while the call does not return to the event loop; `report` sends progress. */
  constructor(poll: () => void, report: (progress: unknown) => void) {
    this.#poll = poll;
    this.#report = report;
  }

  report(progress: unknown): void {
    this.#report(progress);
  }

  /** Made when first asked for: most calls never look. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#stopped) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  checkpoint(): void {
    this.#poll();
    if (this.#stopped) throw this.#reason;
  }

  /** Asks the call to stop. */
  stop(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
