import { dirname } from "node:path";
import { setTimer } from "../../core/clock.ts";
import { type AnyFunction, portable } from "../../wire/codec/portable.ts";
import { compare } from "../measure/compare.ts";
import type { Comparison } from "../measure/comparison.ts";
import { openProgressBar } from "./progress_bar.ts";
import { writeRecord } from "./output_file.ts";
import { toHtml } from "../report/html.ts";
import { toTrace } from "../report/perfetto.ts";
import { toSvg } from "../report/svg.ts";
import { toTable } from "../report/table.ts";
import { HELP, parseSettings, type Settings, UsageError } from "./settings.ts";
import type { Workload } from "../workloads/workload.ts";
import { builtIn } from "../workloads/built_in.ts";

/** What the shell is told. */
const Exit = { MEASURED: 0, FAILED: 1, WRONG_USAGE: 2, INTERRUPTED: 130 } as const;

/** An interrupt from the keyboard reaches the workers too; they may be lost before we hear of it ourselves. */
const INTERRUPT_GRACE = 100;

/** Runs the command and ends the program. */
export async function runCommand(args: readonly string[]): Promise<never> {
  Deno.exit(await execute(args));
}

async function execute(args: readonly string[]): Promise<number> {
  try {
    const settings = parseSettings(args);
    if (settings.help) {
      console.log(HELP.trimEnd());
      return Exit.MEASURED;
    }
    checkFolders(settings);
    return await measure(settings, await workloadsOf(settings));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`compare: ${error.message} (--help tells more)`);
    return Exit.WRONG_USAGE;
  }
}

async function measure(settings: Settings, workloads: readonly Workload[]): Promise<number> {
  const { json, html, svg, trace } = settings;
  let latest: Comparison | undefined;
  let interrupted = false;
  using stack = new DisposableStack();
  const bar = stack.use(await openProgressBar());
  const interrupt = (): void => {
    interrupted = true;
    stack.dispose();
    if (latest !== undefined) report(latest, settings);
    console.error("compare: interrupted; what was measured is kept");
    Deno.exit(Exit.INTERRUPTED); // a worker in the middle of its work would hold a gentle end up
  };
  Deno.addSignalListener("SIGINT", interrupt);
  stack.defer(() => Deno.removeSignalListener("SIGINT", interrupt));
  try {
    const comparison = await compare(workloads, {
      ...settings,
      trace: [html, svg, trace].some((file) => file !== undefined),
      onProgress: (progress) => bar.show(progress),
      onUpdate: (comparison) => {
        latest = comparison;
        if (json !== undefined) writeRecord(json, comparison);
      },
    });
    stack.dispose();
    report(comparison, settings);
    return Exit.MEASURED;
  } catch (error) {
    await new Promise<void>((resolve) => setTimer(resolve, INTERRUPT_GRACE));
    if (interrupted) return Exit.INTERRUPTED;
    stack.dispose();
    console.error("compare: the work failed:", error);
    return Exit.FAILED;
  }
}

/** Prints the table and draws what was asked for. */
function report(comparison: Comparison, { html, svg, trace }: Settings): void {
  if (html !== undefined) Deno.writeTextFileSync(html, toHtml(comparison));
  if (svg !== undefined) Deno.writeTextFileSync(svg, toSvg(comparison));
  if (trace !== undefined) Deno.writeTextFileSync(trace, toTrace(comparison));
  console.log(toTable(comparison, { columns: terminalWidth() }).trimEnd());
}

/** Unknown in a pipe, and on terminals that do not tell. */
function terminalWidth(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  return Deno.consoleSize().columns || undefined;
}

async function workloadsOf({ workloads, tasks, own }: Settings): Promise<Workload[]> {
  const made = workloads.map((name) => builtIn(name, tasks));
  return own === undefined ? made : [...made, await ownWorkload(own)];
}

/** Notes the user's function under the name that it is exported with, so that workers find it there. */
async function ownWorkload(
  { module, name, inputs }: NonNullable<Settings["own"]>,
): Promise<Workload> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(module);
  } catch (error) {
    throw new UsageError(`${module} cannot be loaded: ${String(error).split("\n")[0]}`);
  }
  const run = exported[name];
  if (typeof run !== "function") {
    const functions = Object.keys(exported).filter((key) => typeof exported[key] === "function");
    throw new UsageError(
      `${module} exports no function ${name}; it exports ${functions.join(", ") || "none"}`,
    );
  }
  portable({ url: module } as ImportMeta, { [name]: run as AnyFunction });
  return { name, kind: "mixed", run: run as Workload["run"], inputs };
}

/** To find out after a minute of measuring that a file cannot be written would be late. */
function checkFolders({ json, html, svg, trace }: Settings): void {
  for (const file of [json, html, svg, trace]) {
    if (file === undefined) continue;
    const folder = dirname(file);
    try {
      if (Deno.statSync(folder).isDirectory) continue;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    throw new UsageError(`${file} cannot be written: there is no folder ${folder}`);
  }
}
