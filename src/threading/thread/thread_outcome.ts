import { setSoon } from "../../core/clock.ts";

/** How a thread's target ended. */
export type Ended =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly error: unknown };

/** What becomes of a thread's target, kept until somebody asks: a promise that nobody asked for is never made. */
export class ThreadOutcome {
  #promise: PromiseWithResolvers<unknown> | null = null;
  #ended: Ended | null = null;
  /** How many joins of this side are under way. */
  #joins = 0;
  #unasked: (() => void) | null = null;

  /** Whether somebody has asked. */
  get asked(): boolean {
    return this.#promise !== null;
  }

  /** The promise of it. */
  ask(): Promise<unknown> {
    if (this.#promise === null) {
      this.#promise = Promise.withResolvers();
      this.#tell();
    }
    return this.#promise.promise;
  }

  /** Settles it. */
  settle(ended: Ended): void {
    this.#ended = ended;
    this.#tell();
  }

  /** Counts a join that is under way, until it is disposed of. */
  joining(): Disposable {
    this.#joins++;
    return {
      [Symbol.dispose]: () => {
        if (--this.#joins === 0) this.#tellUnasked();
      },
    };
  }

  /** Calls `report` unless somebody asks: whoever joins gets the chance to, and the turn after. */
  unlessAsked(report: () => void): void {
    this.#unasked = report;
    if (this.#joins === 0) this.#tellUnasked();
  }

  #tellUnasked(): void {
    const report = this.#unasked;
    this.#unasked = null;
    if (report === null) return;
    setSoon(() => {
      if (!this.asked) report();
    });
  }

  #tell(): void {
    if (this.#promise === null || this.#ended === null) return;
    if (this.#ended.failed) this.#promise.reject(this.#ended.error);
    else this.#promise.resolve(this.#ended.value);
  }
}
