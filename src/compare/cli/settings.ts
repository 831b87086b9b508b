import { count, list, number, path } from "../../command/option_values.ts";
import { parseOptions } from "../../command/parse_options.ts";
import { UsageError } from "../../command/usage_error.ts";
import type { ModelName } from "../measure/comparison.ts";
import { DEFAULT_MODELS, MODELS } from "../models/load_model.ts";
import { BUILT_IN, DEFAULT_WORKLOADS, meaningOf } from "../workloads/built_in.ts";
import { mostWorkers } from "../measure/compare.ts";

/** What the command line asks for. */
export interface Settings {
  readonly workloads: readonly string[];
  readonly models: readonly ModelName[];
  readonly tasks?: number;
  readonly size?: number;
  readonly delay?: number;
  readonly workers?: number;
  readonly repeats?: number;
  readonly rate?: number;
  readonly timeout?: number;
  readonly quick: boolean;
  readonly breakEven?: boolean;
  readonly predict?: boolean;
  readonly json?: string;
  readonly html?: string;
  readonly svg?: string;
  readonly markdown?: string;
  readonly trace?: string;
  readonly save?: string;
  readonly baseline?: string;
  readonly withPython: boolean;
  /** The NATS servers of the model `distributed`. */
  readonly servers?: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  /** The user's own work. */
  readonly own?: OwnWork;
}

/** A function of the user's own with its inputs, or a module that defines workloads. */
export interface OwnWork {
  readonly module: string;
  /** The export; without it the module's workloads are meant. */
  readonly name?: string;
  /** The JSON text of `--inputs`. */
  readonly inputs?: string;
  /** The file of `--inputs-from`. */
  readonly inputsFrom?: string;
  readonly spread: boolean;
}

/** What `--help` prints. */
export const HELP =
  `Runs the same work in every way to run it, measures it, and says which way to use.

Usage: compare [options] [MODULE#EXPORT --inputs JSON]
       compare [options] MODULE
       compare --serve [PORT]

  MODULE#EXPORT      measure this function of yours, a file or URL and the name that it exports
  MODULE             measure the workloads that this module exports, made by defineWorkload()
  --inputs JSON      its inputs: a JSON array, one task for each element; an element is the one
                     argument of its call, so [[1,2]] calls f([1,2])
  --inputs-from F    its inputs from a file: JSON (.json), a module's array or generator
                     (.ts, .js, also F#EXPORT), else each line is one, as JSON in .jsonl
  --spread           each input is a list of arguments: [[1,2]] calls f(1, 2)
  --workload LIST    built-in workloads, by commas: ${BUILT_IN.join(",")}
                     or all (default ${DEFAULT_WORKLOADS.join(",")})
  --tasks N          tasks of each built-in workload
  --size N           how much each of their tasks has to do:
${meanings("size")}
  --delay MS         how long each of their tasks waits:
${meanings("delay")}
  --models LIST      ${MODELS.join(",")}
                     (default ${DEFAULT_MODELS.join(",")})
  --servers LIST     the NATS servers that the model distributed goes over, by commas
  --workers N        threads and processes (default: a core each; if tasks wait, one for each)
  --repeats N        measured runs of each model (default: until the intervals are tight)
  --rate N           also have N calls a second arrive, and tell their latency and what was shed
  --timeout MS       how long one call may take (default 30000)
  --quick            a first look: the default workloads within 20 seconds on two cores
  --break-even       also find the length of a task from which threads and processes pay
  --predict          also predict what more cores would bring (both without --quick and
                     --repeats by themselves, with cpu)
  --with-python      run cpu, io and mixed in Python as well, if python3 is there
  --json F           write what was measured to F, after each measurement; - is standard output
  --html F, --svg F  write a page or a picture with a lane for each thread, process and task
  --markdown F       write tables to paste
  --trace F          write the lanes for https://ui.perfetto.dev
  --save F           keep what was measured as a baseline
  --baseline F       say what has changed beyond doubt since F was saved; exits with 3 if
                     something is slower
  --serve [PORT]     show models race while they run, on a page of this machine
  --version          print the version
  --help             print this

Exits with 0 when measured, 1 when the work failed or never ended, 2 on wrong usage, 3 when slower
than the baseline, 130 and 143 when interrupted.
`;

function meanings(option: "size" | "delay"): string {
  return BUILT_IN.flatMap((name) => {
    const meaning = meaningOf(name, option);
    return meaning === undefined ? [] : [`                       ${name.padEnd(9)} ${meaning}`];
  }).join("\n");
}

const OPTIONS = {
  workload: { type: "string" },
  models: { type: "string" },
  servers: { type: "string" },
  tasks: { type: "string" },
  size: { type: "string" },
  delay: { type: "string" },
  workers: { type: "string" },
  repeats: { type: "string" },
  rate: { type: "string" },
  timeout: { type: "string" },
  quick: { type: "boolean" },
  "break-even": { type: "boolean" },
  predict: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
  svg: { type: "string" },
  markdown: { type: "string" },
  trace: { type: "string" },
  save: { type: "string" },
  baseline: { type: "string" },
  inputs: { type: "string" },
  "inputs-from": { type: "string" },
  spread: { type: "boolean" },
  "with-python": { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if it is not understood.
 */
export function parseSettings(args: readonly string[]): Settings {
  const { values, positionals } = parseOptions(args, OPTIONS, ["serve"]);
  if (positionals.length > 1) {
    throw new UsageError(`one MODULE#EXPORT at a time, got ${positionals.join(" ")}`);
  }
  const own = ownWork(positionals[0], values);
  const workloads = values.workload === undefined
    ? (own === undefined ? DEFAULT_WORKLOADS : [])
    : values.workload === "all"
    ? BUILT_IN
    : list(values.workload, "--workload", BUILT_IN);
  const models = list(values.models ?? DEFAULT_MODELS.join(), "--models", MODELS) as ModelName[];
  const settings = {
    workloads,
    models,
    servers: servers(values.servers, models),
    tasks: count(values.tasks, "--tasks"),
    size: count(values.size, "--size"),
    delay: number(values.delay, "--delay", 0, "milliseconds, 0 or more"),
    workers: workers(values.workers),
    repeats: count(values.repeats, "--repeats"),
    rate: number(values.rate, "--rate", 1e-3, "calls in a second, above 0"),
    timeout: number(values.timeout, "--timeout", 1, "milliseconds, 1 or more"),
    quick: values.quick ?? false,
    breakEven: values["break-even"],
    predict: values.predict,
    json: path(values.json, "--json"),
    html: path(values.html, "--html"),
    svg: path(values.svg, "--svg"),
    markdown: path(values.markdown, "--markdown"),
    trace: path(values.trace, "--trace"),
    save: path(values.save, "--save"),
    baseline: path(values.baseline, "--baseline"),
    withPython: values["with-python"] ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    own,
  };
  for (const option of ["tasks", "size", "delay"] as const) {
    checkMeaning(option, values[option], workloads);
  }
  return settings;
}

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>["values"];

/** What shapes built-in workloads means nothing for the user's own. */
function checkMeaning(
  option: "tasks" | "size" | "delay",
  value: string | undefined,
  workloads: readonly string[],
): void {
  if (value === undefined) return;
  if (workloads.length === 0) {
    throw new UsageError(`--${option} is for built-in workloads; yours has what its inputs say`);
  }
  if (option === "tasks") return;
  const without = workloads.filter((name) => meaningOf(name, option) === undefined);
  if (without.length === 0) return;
  throw new UsageError(
    `--${option} means nothing for ${
      without.join(", ")
    }: name the workloads that it is for with --workload`,
  );
}

/** Where the model `distributed` finds its server; it looks nowhere by itself. */
function servers(value: string | undefined, models: readonly ModelName[]): string[] | undefined {
  const isMeasured = models.includes("distributed");
  if (value === undefined && isMeasured) {
    throw new UsageError("--models distributed needs --servers, as nats://127.0.0.1:4222");
  }
  if (value !== undefined && !isMeasured) {
    throw new UsageError("--servers is for the model distributed: name it with --models");
  }
  return value?.split(",").map((server) => server.trim());
}

/** More than these are a mistake: each is a thread or process of its own. */
function workers(value: string | undefined): number | undefined {
  const asked = count(value, "--workers");
  const most = mostWorkers();
  if (asked === undefined || asked <= most) return asked;
  throw new UsageError(`--workers takes at most ${most} on this machine, got "${value}"`);
}

function ownWork(spec: string | undefined, values: Values): OwnWork | undefined {
  const { inputs, "inputs-from": inputsFrom, spread = false } = values;
  const given = inputs !== undefined
    ? "--inputs"
    : inputsFrom !== undefined
    ? "--inputs-from"
    : spread
    ? "--spread"
    : undefined;
  if (spec === undefined) {
    if (given === undefined) return undefined;
    throw new UsageError(`${given} goes with a MODULE#EXPORT, and there is none`);
  }
  if (inputs !== undefined && inputsFrom !== undefined) {
    throw new UsageError("--inputs and --inputs-from are two ways to say the same: give one");
  }
  const hash = spec.lastIndexOf("#");
  if (hash === 0 || hash === spec.length - 1) {
    throw new UsageError(`"${spec}" is no MODULE#EXPORT: write for example work.ts#countWords`);
  }
  if (hash === -1) {
    if (given === undefined) return { module: spec, spread };
    throw new UsageError(
      `${given} goes with one function: write for example ${spec}#countWords`,
    );
  }
  if (inputs === undefined && inputsFrom === undefined) {
    throw new UsageError(`${spec} needs --inputs, a JSON array, or --inputs-from, a file`);
  }
  const [module, name] = [spec.slice(0, hash), spec.slice(hash + 1)];
  return { module, name, spread, ...(inputs === undefined ? { inputsFrom } : { inputs }) };
}
