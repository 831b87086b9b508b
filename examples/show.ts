/** How the programs that show one thing at a time speak: what is claimed, and what was seen. */

/** Prints what was seen beside what it is about. */
export function show(what: string, seen: unknown): void {
  const text = typeof seen === "string" || seen instanceof Error ? `${seen}` : JSON.stringify(seen);
  console.log(`${what}: ${text}`);
}

/** The class of what `fn` throws; the program ends if it throws nothing. */
export async function thrownBy(fn: () => unknown): Promise<string> {
  return (await failureOf(fn)).name;
}

/** What `fn` throws; the program ends if it throws nothing. */
export async function failureOf(fn: () => unknown): Promise<Error> {
  let result;
  try {
    result = await fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`nothing was thrown, but ${String(result)} returned`);
}
