import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import type { ModelName } from "../measure/comparison.ts";
import { DEFAULT_MODELS, MODELS } from "../models/load_model.ts";
import { BUILT_IN } from "../workloads/built_in.ts";

/** The command was called wrongly; the message is one line. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What the command line asks for. */
export interface Settings {
  readonly workloads: readonly string[];
  readonly models: readonly ModelName[];
  readonly tasks?: number;
  readonly workers?: number;
  readonly repeats?: number;
  readonly quick: boolean;
  readonly json?: string;
  readonly html?: string;
  readonly svg?: string;
  readonly trace?: string;
  readonly withPython: boolean;
  readonly help: boolean;
  /** A function of the user's own. */
  readonly own?: { readonly module: string; readonly name: string; readonly inputs: unknown[] };
}

/** What `--help` prints. */
export const HELP =
  `Runs the same work in every way to run it, measures it, and says which way to use.

Usage: compare [options] [MODULE#EXPORT --inputs JSON]

  MODULE#EXPORT      measure this function of yours, a file or URL and the name that it exports
  --inputs JSON      its inputs: a JSON array, one task for each element
  --workload LIST    built-in workloads, by commas: ${BUILT_IN.join(",")} (default all)
  --models LIST      ${MODELS.join(",")} (default ${DEFAULT_MODELS.join(",")})
  --tasks N          tasks of each built-in workload
  --workers N        threads and processes (default: a core each; if tasks wait, one for each)
  --repeats N        measured runs of each model (default: until the intervals are tight)
  --quick            a first look: all workloads within 20 seconds on two cores
  --json F           write what was measured to F, after each measurement
  --html F, --svg F  write a page or a picture with a lane for each thread, process and task
  --trace F          write the lanes for https://ui.perfetto.dev
  --with-python      run cpu and io in Python as well, if python3 is there
  --help             print this
`;

const OPTIONS = {
  workload: { type: "string" },
  models: { type: "string" },
  tasks: { type: "string" },
  workers: { type: "string" },
  repeats: { type: "string" },
  quick: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
  svg: { type: "string" },
  trace: { type: "string" },
  inputs: { type: "string" },
  "with-python": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if it is not understood.
 */
export function parseSettings(args: readonly string[]): Settings {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) {
    throw new UsageError(`one MODULE#EXPORT at a time, got ${positionals.join(" ")}`);
  }
  const own = positionals[0] === undefined ? undefined : ownFunction(positionals[0], values.inputs);
  if (own === undefined && values.inputs !== undefined) {
    throw new UsageError("--inputs goes with a MODULE#EXPORT, and there is none");
  }
  const workloads = values.workload === undefined
    ? (own === undefined ? BUILT_IN : [])
    : list(values.workload, "--workload", BUILT_IN);
  return {
    workloads,
    models: list(values.models ?? DEFAULT_MODELS.join(), "--models", MODELS) as ModelName[],
    tasks: count(values.tasks, "--tasks"),
    workers: count(values.workers, "--workers"),
    repeats: count(values.repeats, "--repeats"),
    quick: values.quick ?? false,
    json: path(values.json, "--json"),
    html: path(values.html, "--html"),
    svg: path(values.svg, "--svg"),
    trace: path(values.trace, "--trace"),
    withPython: values["with-python"] ?? false,
    help: values.help ?? false,
    own,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    // parseArgs throws nothing else than what is wrong with the arguments, as a TypeError.
    if (error instanceof TypeError) throw new UsageError(error.message.split("\n")[0]!);
    throw error;
  }
}

function list(value: string, option: string, known: readonly string[]): string[] {
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`${option} does not know "${unknown}": there are ${known.join(", ")}`);
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${option} has "${twice}" twice`);
  return names;
}

function count(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(value)) {
    throw new UsageError(`${option} takes a whole number from 1, got "${value}"`);
  }
  return Number(value);
}

function path(value: string | undefined, option: string): string | undefined {
  if (value === "") throw new UsageError(`${option} takes the name of a file, got ""`);
  return value;
}

function ownFunction(spec: string, inputs: string | undefined): NonNullable<Settings["own"]> {
  const hash = spec.lastIndexOf("#");
  if (hash < 1 || hash === spec.length - 1) {
    throw new UsageError(`"${spec}" is no MODULE#EXPORT: write for example work.ts#countWords`);
  }
  if (inputs === undefined) throw new UsageError(`${spec} needs --inputs, a JSON array`);
  return {
    module: moduleUrl(spec.slice(0, hash)),
    name: spec.slice(hash + 1),
    inputs: inputList(inputs),
  };
}

function inputList(text: string): unknown[] {
  let inputs: unknown;
  try {
    inputs = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`--inputs is no JSON: ${error.message}`);
  }
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw new UsageError(
      "--inputs takes a JSON array with at least one element, one for each task",
    );
  }
  return inputs;
}

/** A file is found from where the command is called; `C:` is no scheme, but `https:` and `jsr:` are. */
function moduleUrl(module: string): string {
  return /^[a-z][a-z+.-]+:/i.test(module) ? module : pathToFileURL(module).href;
}
