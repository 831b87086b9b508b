/**
 * Functions that were not made portable and travel as their own text.
 *
 * Loaded with the first of them: a thread that only runs portable functions never needs it.
 */
import { TransferError } from "../../core/errors.ts";
import type { AnyFunction } from "./portable.ts";

/** What makes a value of a text. */
type Evaluate = (text: string) => unknown;

/** Sees the global scope only. */
const evaluateHere: Evaluate = globalThis.eval;

/**
 * The same from a module that stands nowhere: an `import()` of a relative path in the text would otherwise be resolved
 * against this file, and could find another module than the one that is meant.
 */
const NOWHERE = "data:application/javascript,export default (text) => (0, eval)(text)";

/** What the platform says of a relative path that it cannot resolve there: without an import map, and with one. */
const RELATIVE_IMPORT = /relative URL with a cannot-be-a-base base|^Import "\.{0,2}\//;

/**
 * Makes a function of its own text.
 *
 * @throws {TransferError} if the text is no function by itself.
 */
export async function functionFromSource(source: string, name: string): Promise<AnyFunction> {
  const imports = /\bimport\b/.test(source);
  const evaluate = imports
    ? (await import(NOWHERE) as { default: Evaluate }).default
    : evaluateHere;
  return explained(evaluated(evaluate, source, name), name);
}

/** A method's text is only valid inside an object. */
function evaluated(evaluate: Evaluate, source: string, name: string): AnyFunction {
  let first: SyntaxError;
  try {
    return evaluate(`(${source})`) as AnyFunction;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    first = error;
  }
  try {
    return Object.values(evaluate(`({${source}})`) as object)[0];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new TransferError(
    `Cannot run function ${name}: it was sent as text, which is no function without what is around it ` +
      `(${first.message}); make it portable(import.meta, …)`,
    { cause: first },
  );
}

/** What is missing around such a function is nearly always why it fails: say so. */
function explained(fn: AnyFunction, name: string): AnyFunction {
  const call = fn as (...args: unknown[]) => unknown;
  const explain = (error: unknown): unknown => explainedError(error, name);
  switch (Object.prototype.toString.call(fn)) {
    case "[object AsyncGeneratorFunction]":
      return async function* (...args: never[]) {
        try {
          return yield* call(...args) as AsyncGenerator;
        } catch (error) {
          throw explain(error);
        }
      };
    case "[object GeneratorFunction]":
      return function* (...args: never[]) {
        try {
          return yield* call(...args) as Generator;
        } catch (error) {
          throw explain(error);
        }
      };
    default:
      return (...args: never[]) => {
        try {
          const result = call(...args);
          return result instanceof Promise
            ? result.catch((error) => Promise.reject(explain(error)))
            : result;
        } catch (error) {
          throw explain(error);
        }
      };
  }
}

function explainedError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error.message.includes("portable(")) return error;
  if (error instanceof ReferenceError) {
    error.message += `; function ${name} was sent as text, without the variables around it: ` +
      "pass them as arguments, or make it portable(import.meta, …)";
  } else if (error instanceof TypeError && RELATIVE_IMPORT.test(error.message)) {
    error.message = `Cannot import a relative path in function ${name}: it was sent as text, ` +
      "without its module; make it portable(import.meta, …), or import an absolute URL";
  }
  return error;
}
