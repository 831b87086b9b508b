import type { Contender } from "./contender.ts";

/** What the contenders measured, by round. */
export class Figures {
  readonly contenders: readonly Contender[];
  /** With a hole where a round went on without a contender. */
  readonly #byRound: ReadonlyMap<Contender, (number | undefined)[]>;

  constructor(contenders: readonly Contender[]) {
    this.contenders = contenders;
    this.#byRound = new Map(contenders.map((each) => [each, []]));
  }

  /** What the ratios are to. */
  get limit(): Contender {
    return this.contenders.find(({ role }) => role === "limit")!;
  }

  /** Notes what a contender measured in a round. */
  note(contender: Contender, round: number, figure: number): void {
    this.#byRound.get(contender)![round] = figure;
  }

  /** All that a contender measured. */
  of(contender: Contender): number[] {
    return this.#byRound.get(contender)!.filter((each) => each !== undefined);
  }

  /** The quotients of two contenders, from the rounds in which both were measured. */
  ratios(a: Contender, b: Contender): number[] {
    const others = this.#byRound.get(b)!;
    return this.#byRound.get(a)!.flatMap((own, round) =>
      own === undefined || others[round] === undefined ? [] : [own / others[round]]
    );
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
