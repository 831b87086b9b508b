import { thisNode } from "../objects/node.ts";
import type { Core } from "../objects/served_objects.ts";
import type { Lender } from "../process/ledger.ts";

/** Under which number something is lent, to whom, and by what. */
export interface Opened {
  readonly path: string;
  readonly number: number;
  readonly lender: Lender;
}

/**
 * Opens a loan to the process at `path`; `null` if nothing can be lent to it.
 *
 * @param recall has it back, if that can be now.
 */
export function lendTo(path: string, recall: () => void): Opened | null {
  const lender = thisNode().lenderTo(path);
  const number = lender?.lend(recall) ?? null;
  return number === null ? null : { path, number, lender: lender! };
}

/**
 * What an object has lent to a process: a loan, a lease or a licence. The process notes what it does by it, before it does that.
 *
 *     open ──recall──▶ recalled: what was noted counts, and nothing after it ──▶ over
 *       └──────▶ over
 *
 * All three rest on this order, in which each side first writes and then reads (`process/ledger.ts`):
 *
 * 1. The recall is written; a process that notes something from here on sees it, and does nothing before it is told what counts.
 * 2. What is noted is read: that is final.
 * 3. The process is told it, in a letter by the kind's name, with the number and how much counts; `null` where nothing could be
 *    written, and the process is asked to give it up.
 */
export abstract class Lent {
  /** The process that has it. */
  readonly path: string;
  /** Under which it is noted. */
  readonly number: number;
  readonly #kind: "loan" | "lease" | "licence";
  readonly #lender: Lender;
  /** How much was noted when it was recalled; `null`: it was not, or cannot be. */
  #final: number | null = null;

  protected constructor(kind: "loan" | "lease" | "licence", { path, number, lender }: Opened) {
    this.#kind = kind;
    this.path = path;
    this.number = number;
    this.#lender = lender;
  }

  /** Whether a process that names one of its kind means this one. */
  is(path: string, number: unknown): boolean {
    return this.path === path && this.number === number;
  }

  /** How much is noted; when it was recalled, how much of that counts. */
  get noted(): number {
    return this.#final ?? this.#lender.taken(this.number);
  }

  /** Whether it was recalled. */
  get isRecalled(): boolean {
    return this.#final !== null;
  }

  /**
   * Has nothing count that the process notes from now on, and tells it; once.
   *
   * @returns whether that is so; not where nothing can be written: then the process is asked to give it up.
   */
  recall(core: Core): boolean {
    if (this.#final !== null) return true;
    const isDone = this.#lender.recall(this.number);
    if (isDone) this.#final = this.#lender.taken(this.number);
    thisNode().post(this.path, core, this.#kind, this.number, this.#final);
    return isDone;
  }

  /** Forgets it. */
  end(): void {
    this.#lender.close(this.number);
  }
}
