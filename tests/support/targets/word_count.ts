/** Exports what the command is asked to measure; nothing here is made portable. */

/** Counts words. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/** Fails. */
export function fail(): never {
  throw new RangeError("this never works");
}

/** No function. */
export const limit = 3;
