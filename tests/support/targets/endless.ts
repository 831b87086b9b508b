/** Work that never ends, each in its way; portable only once compare has made it so. */
export function spin(): never {
  while (true);
}

export function wait(): Promise<void> {
  return new Promise(() => {});
}

/** Says in the current folder that it has begun, and computes without end. */
export function beginAndSpin(): never {
  Deno.writeTextFileSync("begun", "");
  return spin();
}

/** Ends the whole program. */
export function exit(): never {
  Deno.exit(0);
}

/** Fails where no call waits for it, and ends well. */
export async function fail(n: number): Promise<number> {
  queueMicrotask(() => {
    throw new RangeError("nobody waits for this");
  });
  await new Promise<void>((resolve) => queueMicrotask(resolve));
  return n;
}

/** Ends, unless it is handed a 2. */
export function waitAtTwo(n: number): Promise<number> {
  return n === 2 ? new Promise(() => {}) : Promise.resolve(n);
}
