/** Work that never ends, each in its way; portable only once compare has made it so. */
export function spin(): never {
  while (true);
}

export function wait(): Promise<void> {
  return new Promise(() => {});
}

/** Ends, unless it is handed a 2. */
export function waitAtTwo(n: number): Promise<number> {
  return n === 2 ? new Promise(() => {}) : Promise.resolve(n);
}
