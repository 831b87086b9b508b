/** How one call of the measured function is submitted, whatever sort of function it is. */
import {
  type AnyFunction,
  findTarget,
  portable,
  resolveTarget,
  type Target,
  targetOf,
} from "../../wire/codec/portable.ts";

/** What a call needs of an executor. */
interface Submits {
  readonly drivesGenerators?: boolean;
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>>;
}

/** An executor whose calls can be aborted. */
interface SubmitsWith {
  submitWith<A extends unknown[], R>(
    settings: { readonly signal: AbortSignal },
    fn: (...args: A) => R,
    ...args: A
  ): PromiseLike<Awaited<R>>;
}

/** The same executor, with `signal` on each call. */
export function abortable(executor: SubmitsWith, signal: AbortSignal): Submits {
  return { submit: (fn, ...args) => executor.submitWith({ signal }, fn, ...args) };
}

/** How a function is called: with one input or with several arguments, and to the end if it is a generator. */
export interface CallStyle {
  /** The function. */
  readonly run: (...args: never[]) => unknown;
  /** Whether an input is a list of arguments. */
  readonly spread?: boolean;
}

/** Returns what submits one call; of a generator function all that it yields is the result. */
export function submitter(
  executor: Submits,
  { run, spread }: CallStyle,
): (input: unknown) => PromiseLike<unknown> {
  if (isGeneratorFunction(run) && !executor.drivesGenerators) {
    const target = targetOf(run as AnyFunction);
    return (input) => executor.submit(collect, target, argumentsOf(input, spread));
  }
  const fn = run as (...args: unknown[]) => unknown;
  if (spread) return (input) => executor.submit(fn, ...input as unknown[]);
  return (input) => executor.submit(fn, input);
}

/** The arguments that an input stands for. */
export function argumentsOf(input: unknown, spread: boolean | undefined): unknown[] {
  return spread ? [...input as unknown[]] : [input];
}

/** Whether calling `fn` only makes a generator. */
export function isGeneratorFunction(fn: unknown): boolean {
  return /Generator/.test(Object.prototype.toString.call(fn));
}

/** The far side: runs a generator to its end and returns what it yielded. */
export const collect: (target: Target, args: unknown[]) => unknown[] | Promise<unknown[]> =
  portable(
    import.meta,
    function collect(target: Target, args: unknown[]): unknown[] | Promise<unknown[]> {
      const known = findTarget(target);
      if (known !== undefined) return itemsOf(known(...args as never[]));
      return resolveTarget(target).then((fn) => itemsOf(fn(...args as never[])));
    },
  );

/** All items of what a generator function, synchronous or not, has made; anything else is its only item. */
export function itemsOf(made: unknown): unknown[] | Promise<unknown[]> {
  const iterable = Object(made);
  if (Symbol.iterator in iterable) return [...iterable];
  if (Symbol.asyncIterator in iterable) return Array.fromAsync(iterable as AsyncIterable<unknown>);
  return [made];
}
