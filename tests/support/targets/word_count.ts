/** Exports what the command is asked to measure; nothing here is made portable. */

/** Counts words. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/** Counts words and talks about it. */
export function countAloud(text: string): number {
  console.log("counting", text);
  console.table([{ text }]);
  return countWords(text);
}

/** Fails. */
export function fail(): never {
  throw new RangeError("this never works");
}

/** No function. */
export const limit = 3;
