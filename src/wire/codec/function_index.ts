import { type AnyFunction, lookIntoTarget, type Target } from "./portable.ts";

/** The numbers by which one worker knows functions: a name travels once, afterwards its number does. */
export class FunctionIndex {
  readonly #known = new WeakMap<AnyFunction, number>();
  readonly #indices = new Map<string, number>();

  /** The number of `fn`; `define` tells the worker of one that is new. */
  of(fn: AnyFunction, target: Target, define: (index: number, target: Target) => void): number {
    const known = this.#known.get(fn);
    if (known !== undefined) return known;
    const { module, name, source } = target;
    const key = source ?? `${module}#${name}`; // a closure made anew each time has the same text
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(key, index);
      define(index, target);
      lookIntoTarget(target); // its error classes are known by the time at which it may fail
    }
    this.#known.set(fn, index);
    return index;
  }
}
