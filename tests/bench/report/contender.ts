/** What is measured, and who takes part. */

/** A contender, opened anew in each round. */
export interface Contender {
  readonly name: string;
  /**
   * `limit`: the least that can be; the ratios are to the first. `ours`: what is judged. `peer`: what others use in its
   * place.
   */
  readonly role: "ours" | "limit" | "peer";
  /** Readies it; `measure` gives one figure, and is called before to warm up. */
  open(): Promise<Opened> | Opened;
}

/** A contender that is ready. */
export interface Opened {
  measure(): Promise<number> | number;
  close?(): Promise<unknown> | unknown;
}

/** What is measured. */
export interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly rounds?: number;
  /** How often the measurement is taken before the one that counts, if that takes no second; default 1. */
  readonly warmUps?: number;
  /** What is to be reached, as a ratio to the limit. */
  readonly target?: string;
}
