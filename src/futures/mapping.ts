import { checkOptions, show } from "../core/check.ts";
import { type AnyInputs, InputReader } from "../core/mapping/input_reader.ts";
import type { MapRunner } from "../core/mapping/map_job.ts";
import { ParallelMap } from "../core/mapping/parallel_map.ts";
import type { MapOptions } from "./executor.ts";

/** What `map` needs of its executor. */
export interface Mapper extends MapRunner {
  /** How many jobs it can run at once. */
  readonly width: number;
}

/** The most jobs that count for how far `map` looks ahead where any number may run at once. */
const WIDE = 64;

/** The inputs and the options out of `map`'s arguments. */
export function splitMapArguments(
  given: readonly unknown[],
): { inputs: AnyInputs[]; options: MapOptions } {
  const last = given.at(-1);
  const hasOptions = given.length > 1 && (last === undefined || !isInputs(last));
  const inputs = hasOptions ? given.slice(0, -1) : [...given];
  if (hasOptions && last !== undefined) checkOptions(last, "map()", "chunkSize: 100");
  const options = (hasOptions ? last ?? {} : {}) as MapOptions;
  if (inputs.length === 0) {
    throw new TypeError("Cannot map over nothing: give an iterable or async iterable");
  }
  for (const each of inputs) {
    if (!isInputs(each)) {
      throw new TypeError(`Cannot map over ${show(each)}: give an iterable or async iterable`);
    }
  }
  const { chunkSize = 1, lookAhead = 1 } = options;
  for (const [name, value] of Object.entries({ chunkSize, lookAhead })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot use ${name} ${show(value)}: give a whole number of 1 or more`);
    }
  }
  return { inputs: inputs as AnyInputs[], options };
}

/** The results of a function over inputs: the `map` of all executors. */
export function mapping(
  mapper: Mapper,
  inputs: AnyInputs[],
  options: MapOptions,
): ParallelMap<unknown> {
  const { chunkSize = 1, ordered = true, timeout, signal } = options;
  return new ParallelMap({
    inputs: new InputReader(inputs),
    runner: mapper,
    chunkSize,
    ordered,
    lookAhead: options.lookAhead ?? Math.max(16, 4 * Math.min(mapper.width, WIDE)),
    looksFarther: options.lookAhead === undefined,
    parallelism: mapper.width,
    goesOn: false,
    timeout,
    signal,
  });
}

/** Whether a value can be an input of `map`. */
function isInputs(value: unknown): value is AnyInputs {
  return typeof value === "string" || (typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value));
}
