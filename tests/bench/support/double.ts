/** A module that imports nothing. */
export function double(n: number): number {
  return n * 2;
}
