/** The pools of other libraries, as the benchmarks need them. */

/** A library's pool of workers. */
export interface LibraryPool {
  /** Runs a function that answers its argument. */
  identity(value: unknown): Promise<unknown>;
  /** Counts primes below a limit. */
  primes(limit: number): Promise<unknown>;
  close(): Promise<unknown> | unknown;
}

/** All pools, to be opened with so many workers. */
export function libraryPools(
  _workers: number,
): { name: string; open(): Promise<LibraryPool> }[] {
  return [];
}
