import { checkIterable, checkOptions, show } from "../../core/check.ts";
import type { ModelName, WorkloadKind } from "../measure/comparison.ts";

/** A function with its inputs: each input is one task, and every model runs all of them. */
export interface Workload {
  /** The name in reports and in `--workload`. */
  readonly name: string;
  /** What it is said to be; it sets how many workers it gets, never the verdict. */
  readonly kind: WorkloadKind;
  /** The function, called with one input. Of a generator function all that it yields is the result. */
  readonly run: (...args: never[]) => unknown;
  /** The inputs, in order. */
  readonly inputs: readonly unknown[];
  /** Whether each input is a list of arguments; default false. */
  readonly spread?: boolean;
  /** Whether the tasks work with one another, so that none of them can be run without the others; default false. */
  readonly together?: boolean;
  /** What is handed over in the place of an input under a model whose workers need something else. */
  readonly handTo?: { readonly [model in ModelName]?: (input: never) => unknown };
  /** The name of its version in Python, if there is one. */
  readonly python?: string;
  /** More rows: other variants to hand the same inputs over to the workers of a model. */
  readonly variants?: readonly Variant[];
  /** Makes what the work needs around it; it lives as long as the workload is measured. */
  readonly open?: () => Promise<Surroundings>;
}

/** Another way to hand the inputs over. */
export interface Variant {
  /** The model whose workers do the work. */
  readonly model: ModelName;
  /** The name of the row. */
  readonly name: string;
  /** Makes from an input what is handed over; called before each run, outside of the measured time. */
  readonly hand: (input: never) => unknown;
}

/** What a workload needs around it: a server, a folder. */
export interface Surroundings extends AsyncDisposable {
  /** The inputs that go with it. */
  readonly inputs: readonly unknown[];
  /**
   * Looks at what a run of so many tasks left behind, and clears it away, outside of the measured time;
   * throws if it is wrong. Without a number: of some tasks.
   */
  readonly check?: (tasks?: number) => Promise<void>;
}

/** What {@link defineWorkload} takes. */
export interface WorkloadOptions<I, R> {
  /** The name in reports. */
  readonly name: string;
  /** A portable function; it gets one input. Of a generator function all that it yields is the result. */
  readonly run: (input: I) => R;
  /** One task for each. */
  readonly inputs: Iterable<I>;
  /** Whether each input is a list of arguments; default false. */
  readonly spread?: false;
  /** What it mostly does; default `"mixed"`. */
  readonly kind?: WorkloadKind;
}

/** What {@link defineWorkload} takes for a function of several arguments. */
export interface SpreadWorkloadOptions<A extends readonly unknown[], R>
  extends Omit<WorkloadOptions<A, R>, "run" | "spread"> {
  /** A portable function; it gets the items of an input as its arguments. */
  readonly run: (...args: A) => R;
  /** Each input is a list of arguments. */
  readonly spread: true;
}

const KINDS: readonly WorkloadKind[] = ["cpu", "io", "mixed"];

/**
 * A workload of your own: a portable function and its inputs.
 *
 * - Each input is one task; the function gets it as its only argument, or with `spread: true` its items as several.
 * - Threads and processes run the function by importing its module, so it has to be portable (or
 *   self-contained).
 * - Its results should be the same each time: reports compare them over the models.
 * - With kind `"cpu"` it gets a worker for each core; with `"io"` one for each task up to 16, because a
 *   worker that waits needs no core; with `"mixed"` the first run in line decides which.
 *
 * @throws {TypeError} if the name is empty, `run` is no function, or the kind is unknown.
 * @throws {RangeError} if there are no inputs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { defineWorkload, portable } from "@quartet/concurrency/compare";
 *
 * const square = portable(import.meta, function square(n: number) {
 *   return n * n;
 * });
 * const squares = defineWorkload({ name: "squares", run: square, inputs: [1, 2, 3], kind: "cpu" });
 * assertEquals(squares.inputs.length, 3);
 * ```
 */
export function defineWorkload<I, R>(options: WorkloadOptions<I, R>): Workload;
/** The same for a function of several arguments. */
export function defineWorkload<A extends readonly unknown[], R>(
  options: SpreadWorkloadOptions<A, R>,
): Workload;
export function defineWorkload(
  options: WorkloadOptions<unknown, unknown> | SpreadWorkloadOptions<unknown[], unknown>,
): Workload {
  checkOptions(options, "defineWorkload()", "name, run, inputs");
  const { name, run, kind = "mixed", spread = false } = options;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Cannot define a workload: name is ${JSON.stringify(name)}, give it one`);
  }
  if (typeof run !== "function") {
    throw new TypeError(
      `Cannot define workload ${name}: run is ${typeof run}, pass a portable function`,
    );
  }
  if (!KINDS.includes(kind)) {
    throw new TypeError(
      `Cannot define workload ${name}: kind "${kind}" is none of ${KINDS.join(", ")}`,
    );
  }
  checkIterable(options.inputs, "inputs");
  const inputs = [...options.inputs];
  if (inputs.length === 0) {
    throw new RangeError(
      `Cannot define workload ${name}: inputs is empty, there has to be one task`,
    );
  }
  checkSpread(name, spread, inputs);
  return Object.freeze({
    name,
    run,
    kind,
    inputs: Object.freeze(inputs),
    ...(spread ? { spread } : {}),
  });
}

/** Whether `value` is a workload that was defined, by this copy of the package or by another one. */
export function isWorkload(value: unknown): value is Workload {
  if (typeof value !== "object" || value === null) return false;
  const { name, kind, run, inputs } = value as Partial<Workload>;
  return typeof name === "string" && KINDS.includes(kind!) && typeof run === "function" &&
    Array.isArray(inputs);
}

/** Refuses inputs that are no lists of arguments where they have to be. */
export function checkSpread(name: string, spread: unknown, inputs: readonly unknown[]): void {
  if (typeof spread !== "boolean") {
    throw new TypeError(
      `Cannot define workload ${name}: spread is ${show(spread)}, give a boolean`,
    );
  }
  const wrong = spread ? inputs.findIndex((input) => !Array.isArray(input)) : -1;
  if (wrong === -1) return;
  throw new TypeError(
    `Cannot spread input ${wrong + 1} of workload ${name} over several arguments: ` +
      `it is ${show(inputs[wrong])}, give an array`,
  );
}
