/** Whole numbers by chance, the same for the same seed. */

/** A source of chance with its seed, to print when a test fails: `SEED=N` repeats it. */
export interface SeededRandom {
  /** A whole number from 0 to `count - 1`. */
  readonly random: (count: number) => number;
  /** `"seed N"`. */
  readonly seed: string;
}

/** A fresh source; its seed comes from the variable `SEED` when that is set. */
export function seededRandom(): SeededRandom {
  const given = Deno.env.get("SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0]! : Number(given);
  return { random: randomOf(seed), seed: `seed ${seed}` };
}

/** A source of chance for this seed: the same numbers each time. */
export function randomOf(seed: number): SeededRandom["random"] {
  let state = seed >>> 0 || 1;
  return (count) => {
    state ^= state << 13; // xorshift32, Marsaglia 2003
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
