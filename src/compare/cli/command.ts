import config from "../../../deno.json" with { type: "json" };
import { setTimer } from "../../core/clock.ts";
import { AuthenticationError, BrokenExecutorError } from "../../core/errors.ts";
import { compareWithBaseline, hasWorsened } from "../verdict/baseline.ts";
import { compareIn, DEFAULT_TIMEOUT, ENVIRONMENT } from "../measure/compare.ts";
import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { WorkloadError } from "../measure/workload_error.ts";
import { MODELS } from "../models/load_model.ts";
import { builtIn } from "../workloads/built_in.ts";
import type { Workload } from "../workloads/workload.ts";
import { printingToStderr, printToStderr } from "./console_to_stderr.ts";
import { Outputs } from "./outputs.ts";
import { ownWorkloads } from "./own_workloads.ts";
import { PrintError, printText } from "../../command/print_text.ts";
import { openProgressBar } from "./progress_bar.ts";
import { HELP, parseSettings, type Settings } from "./settings.ts";
import { servePort, serveUntilSignal } from "./serve_command.ts";
import { SIGNALS } from "../../command/signals.ts";
import { hearStrayWork } from "./stray_work.ts";
import { UsageError } from "../../command/usage_error.ts";
import { openWatchdog } from "./watchdog.ts";

/** What the shell is told. */
const Exit = { MEASURED: 0, FAILED: 1, WRONG_USAGE: 2, WORSE: 3 } as const;

/** An interrupt from the keyboard reaches the workers too; they may be lost before we hear of it ourselves. */
const INTERRUPT_GRACE = 100;

/** Runs the command and ends the program. */
export async function runCommand(args: readonly string[]): Promise<never> {
  Deno.exit(await execute(args));
}

async function execute(args: readonly string[]): Promise<number> {
  try {
    const port = servePort(args);
    if (port !== undefined) return await serveUntilSignal(port);
    const settings = parseSettings(args);
    if (settings.help) return print(HELP);
    if (settings.version) return print(`${config.name} ${config.version}\n`);
    const outputs = Outputs.check(settings);
    if (outputs.haveStdout) printToStderr();
    const baseline = await readBaseline(settings.baseline);
    const workloads = await workloadsOf(settings);
    return await measure(args, settings, workloads, outputs, baseline);
  } catch (error) {
    if (error instanceof PrintError) {
      console.error(`compare: ${error.message}`);
      return Exit.FAILED;
    }
    if (!(error instanceof UsageError)) throw error;
    console.error(`compare: ${error.message} (--help tells more)`);
    return Exit.WRONG_USAGE;
  }
}

function print(text: string): number {
  printText(text);
  return Exit.MEASURED;
}

async function measure(
  args: readonly string[],
  settings: Settings,
  workloads: readonly Workload[],
  outputs: Outputs,
  baseline: Comparison | undefined,
): Promise<number> {
  let latest: Comparison | undefined;
  let interrupted: number | undefined;
  using stack = new DisposableStack();
  const bar = stack.use(await openProgressBar());
  let where = workloads.map(({ name }) => name).join(", ");
  stack.use(hearStrayWork(() => where));
  for (const [signal, code] of SIGNALS) {
    const interrupt = (): void => {
      interrupted = code;
      stack.dispose();
      const failures = latest === undefined ? [] : outputs.writeAllSync(latest);
      for (const failure of failures) console.error(`compare: ${failure}`);
      console.error("compare: interrupted; what was measured is kept");
      Deno.exit(code); // a worker in the middle of its work would hold a gentle end up
    };
    Deno.addSignalListener(signal, interrupt);
    stack.defer(() => Deno.removeSignalListener(signal, interrupt));
  }
  let comparison: Comparison;
  try {
    const rows = workloads.flatMap(({ name }) => MODELS.map((model) => [name, model] as const));
    const timeout = settings.timeout ?? DEFAULT_TIMEOUT;
    const watchdog = stack.use(await openWatchdog(rows, timeout, SIGNALS));
    const loadModel = outputs.haveStdout
      ? printingToStderr(ENVIRONMENT.loadModel)
      : ENVIRONMENT.loadModel;
    const environment = { ...ENVIRONMENT, loadModel, onCall: watchdog.onCall };
    comparison = await compareIn(environment, workloads, {
      ...settings,
      command: withoutSecrets(args),
      trace: [settings.html, settings.svg, settings.trace].some((file) => file !== undefined),
      onProgress: (progress) => {
        where = `${progress.workload} under ${progress.model}`;
        bar.show(progress);
      },
      onUpdate: (comparison) => {
        latest = comparison;
        outputs.update(comparison);
      },
    });
  } catch (error) {
    await new Promise<void>((resolve) => setTimer(resolve, INTERRUPT_GRACE));
    if (interrupted !== undefined) return interrupted;
    stack.dispose();
    tellFailure(error);
    return Exit.FAILED;
  }
  stack.dispose();
  const failures = await outputs.writeAll(comparison);
  for (const failure of failures) console.error(`compare: ${failure}`);
  if (failures.length > 0) return Exit.FAILED;
  if (baseline === undefined) return Exit.MEASURED;
  const report = await compareWithBaseline(comparison, baseline);
  outputs.print(`\nSince the baseline:\n${report.lines.map((line) => `  ${line}\n`).join("")}`);
  return hasWorsened(report) ? Exit.WORSE : Exit.MEASURED;
}

/** The arguments as they are kept with the figures: a password may stand in the address of a server. */
function withoutSecrets(args: readonly string[]): string[] {
  const option = "--servers";
  return args.map((arg, i) => {
    const start = arg.startsWith(`${option}=`) ? option.length + 1 : 0;
    if (start === 0 && args[i - 1] !== option) return arg;
    return arg.slice(0, start) + arg.slice(start).replace(/[^,/]*@/g, "");
  });
}

/** An error of the work is told as its own; anything else is ours, and told with all there is to know. */
function tellFailure(error: unknown): void {
  if (error instanceof AuthenticationError || error instanceof BrokenExecutorError) {
    console.error(`compare: ${error.message}`); // the server of the model distributed
    return;
  }
  if (!(error instanceof WorkloadError)) {
    console.error("compare: the measuring failed:", error);
    return;
  }
  console.error(`compare: ${error.message}`);
  if (error.cause !== undefined) console.error(error.cause);
}

async function workloadsOf(
  { workloads, tasks, size, delay, own }: Settings,
): Promise<Workload[]> {
  let made: Workload[];
  try {
    made = workloads.map((name) => builtIn(name, { tasks, size, delay }));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
  if (own === undefined) return made;
  const all = [...made, ...await ownWorkloads(own)];
  const twice = all.find(({ name }, i) => all.findIndex((each) => each.name === name) !== i);
  if (twice !== undefined) {
    throw new UsageError(`there are two workloads named ${twice.name}: rename yours`);
  }
  return all;
}

async function readBaseline(path: string | undefined): Promise<Comparison | undefined> {
  if (path === undefined) return undefined;
  try {
    const before: unknown = JSON.parse(await Deno.readTextFile(path));
    checkComparison(before);
    return before as Comparison;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`--baseline ${path} cannot be read: ${error.message.split("\n")[0]}`);
  }
}
