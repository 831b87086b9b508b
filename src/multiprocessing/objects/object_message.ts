/** What processes say to each other about shared objects: `[to, from, kind, …]`. */
import { isBelow, isPath, isWithin } from "./served_objects.ts";

/** The address of news. */
export const EVERYONE = "*";

/** What a message is, and what follows. */
export const Kind = {
  /** number, id, method, args, marked, owner */
  ASK: 0,
  /** number, good, value, marked */
  ANSWER: 1,
  /** number */
  CANCEL: 2,
  /** path */
  ENDED: 3,
  /** id, ticket */
  HOLD: 4,
  /** id */
  DROP: 5,
  /** id, ticket */
  LEND: 6,
  /** id, what, content… */
  POST: 7,
  /** id, what, content… */
  LETTER: 8,
  /** path, why: from one that is above, of a child of the receiver's */
  ACCUSE: 9,
} as const;

const LAST = Kind.ACCUSE;

/** What is wrong with a message that the child at `path` sent; `null` if it may say that. */
export function checkFromChild(message: unknown, path: string): string | null {
  if (!Array.isArray(message)) return "one is no list";
  const [to, from, kind, key] = message;
  if (to === EVERYONE) {
    const isOwn = from === path && kind === Kind.ENDED && isPath(key);
    return isOwn && key !== path && isWithin(key, path)
      ? null
      : "it told of the end of a process that is not below it";
  }
  if (from !== path && !(isPath(from) && isWithin(from, path))) {
    return "it spoke for another process";
  }
  const isUp = typeof to === "string" && isBelow(path, to); // as most are, which is a path then
  if (!isUp && !isPath(to)) return "one is for nobody";
  if (!Number.isInteger(kind) || kind < 0 || kind > LAST || kind === Kind.ENDED) {
    return "one is of no kind";
  }
  // It may be an object of which no text can be made.
  if (kind >= Kind.HOLD && kind !== Kind.DROP && typeof message[4] !== "string") {
    return "one does not say what";
  }
  const isNumbered = kind <= Kind.CANCEL;
  if (isNumbered ? !Number.isSafeInteger(key) : typeof key !== "string") return "one has no number";
  return null;
}
