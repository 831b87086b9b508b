/** Calls `bark` when nobody has fed it for so long. */
export class Watchdog implements Disposable {
  readonly #after: number;
  readonly #bark: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(after: number, bark: () => void) {
    this.#after = after;
    this.#bark = bark;
    this.feed();
  }

  /** Something came: the time begins again. */
  feed(after: number = this.#after): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bark, after);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
