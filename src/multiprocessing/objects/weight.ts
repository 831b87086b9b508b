/** The most bytes, about, of what counts as light. */
export const HEAVIEST = 64 * 1024;
/** What is nested deeper is not light. */
const DEEPEST = 20;
/** What the least value takes. */
const LEAST = 8;

/**
 * About how many bytes a value takes in a message.
 *
 * @returns `Infinity` if it is heavier than {@link HEAVIEST}, or more than plain data: atoms, and lists and objects of such.
 */
export function weightOf(value: unknown, depth = 0): number {
  switch (typeof value) {
    case "string":
      return value.length <= HEAVIEST ? LEAST + value.length : Infinity;
    case "function":
    case "symbol":
      return Infinity;
    case "object":
      return value === null ? LEAST : weightOfObject(value, depth);
    default:
      return LEAST;
  }
}

function weightOfObject(value: object, depth: number): number {
  if (depth > DEEPEST) return Infinity;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Array.prototype && prototype !== Object.prototype) return Infinity;
  // To ask a list of a million for its keys takes longer than to send it.
  if (Array.isArray(value) && value.length > HEAVIEST / LEAST) return Infinity;
  if (Object.getOwnPropertySymbols(value).length > 0) return Infinity;
  let weight = LEAST;
  for (const key of Object.keys(value)) {
    weight += key.length + weightOf((value as Record<string, unknown>)[key], depth + 1);
    if (weight > HEAVIEST) return Infinity;
  }
  return weight;
}
