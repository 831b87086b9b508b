/** How the programs that show one thing at a time speak: what is claimed, and what was seen. */

/** Prints what was seen beside what it is about. */
export function show(what: string, seen: unknown): void {
  console.log(`${what}: ${typeof seen === "string" ? seen : JSON.stringify(seen)}`);
}

/** What `fn` throws, as text; the program ends if it throws nothing. */
export async function thrownBy(fn: () => unknown): Promise<string> {
  let result;
  try {
    result = await fn();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.split(/[;:]/)[0]}`;
  }
  throw new Error(`nothing was thrown, but ${String(result)} returned`);
}
