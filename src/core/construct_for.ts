/**
 * Constructing an object that speaks for something that exists already: for a block of shared memory that came in a
 * message, for an object of another process.
 *
 * What it speaks for reaches the constructors by `new.target`, which is passed on by `super()` and by nothing else. So
 * no other object gets it: not one that a constructor makes before it calls `super()` or to which it passes its
 * arguments on, and not the next one after a constructor that throws.
 */

/** A class, and whatever its constructor takes. */
// deno-lint-ignore no-explicit-any
export type Class<T extends object> = new (...args: any[]) => T;

/** By class, the `new.target` of its objects that speak for something. One for each, so that they are of one shape. */
const targets = new WeakMap<object, object>();
/** By `new.target`, what the object under construction speaks for. */
const subjects = new Map<object, unknown>();

/** Constructs an object of exactly this class that speaks for `subject`. */
export function constructFor<T extends object>(
  subject: unknown,
  type: Class<T>,
  ...args: unknown[]
): T {
  const target = targetOf(type);
  const before = subjects.get(target);
  subjects.set(target, subject);
  try {
    return Reflect.construct(type, args, target);
  } finally {
    if (before === undefined) subjects.delete(target);
    else subjects.set(target, before);
  }
}

/**
 * For a constructor: what the object speaks for; `undefined` for an ordinary one.
 *
 * @param target its `new.target`.
 */
export function subjectOf<S>(target: object): S | undefined {
  return subjects.size === 0 ? undefined : subjects.get(target) as S | undefined;
}

function targetOf<T extends object>(type: Class<T>): Class<T> {
  let target = targets.get(type);
  if (target === undefined) {
    target = function (): void {};
    Object.setPrototypeOf(target, type); // it has the class's static members
    (target as Class<T>).prototype = type.prototype;
    targets.set(type, target);
  }
  return target as Class<T>;
}
