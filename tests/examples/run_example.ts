/** Runs an example as a user would: as a process, with the command that its header names, lines stamped as they come. */
import { AssertionError } from "@std/assert";
import { deadline } from "@std/async";

/** A line of output. */
export interface StampedLine {
  /** Seconds since the first line. */
  readonly at: number;
  readonly text: string;
}

/** What a run gave. */
export interface ExampleRun {
  /** Standard output, whole. */
  readonly text: string;
  /** The lines that are not empty. */
  readonly lines: readonly StampedLine[];
  /** Seconds from the start of the process to its end. */
  readonly total: number;
  /** Seconds from the first line to the end of the process. */
  readonly span: number;
  readonly code: number;
  readonly stderr: string;
}

export const ROOT = new URL("../../", import.meta.url);

/** How long a run may take when nothing else is said, in milliseconds. */
const PATIENCE = 180_000;

const SLOW_MOTION = new URL("../support/slow_motion.ts", import.meta.url).href;

/** How many times slower an example is run again and again, when a run did not show what it is to. */
const SLOWER = [2, 4, 8, 16, 32];

/** The arguments for `deno` that the header of the example at `path` names: in its first command, or in the `nth`. */
export async function commandOf(path: string, nth = 0): Promise<string[]> {
  const source = await Deno.readTextFile(new URL(path, ROOT));
  const header = source.slice(0, source.indexOf("*/"));
  const command = [...header.matchAll(/deno (run [^\n]*?\.ts)/g)][nth]?.[1];
  if (command === undefined) throw new Error(`${path} does not say how to run it`);
  const [run, ...rest] = command.split(/\s+/);
  if (rest.at(-1) !== path) {
    throw new Error(`${path} names another file in its command: ${command}`);
  }
  return [run!, "--quiet", "--no-prompt", ...rest];
}

/** How an example is run. */
export interface RunOptions {
  /** The longest time that it may take, in milliseconds of its own time. */
  readonly timeout?: number;
  /** Arguments after its path. */
  readonly args?: readonly string[];
  /** A permission of its command that it is not given. */
  readonly without?: string;
  /** The folder above `examples`, if it is not the project's. */
  readonly cwd?: string | URL;
  /** Environment variables beside the process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many times slower its time goes (`slow_motion.ts`); the times of the run are of that time. Default: 1. */
  readonly slower?: number;
}

/** Runs the example at `path` with what its command gives it. */
export async function runExample(
  path: string,
  { args = [], without, slower = 1, timeout = PATIENCE, ...options }: RunOptions = {},
): Promise<ExampleRun> {
  const [run, ...given] = (await commandOf(path)).filter((flag) => flag !== without);
  const slow = slower === 1 ? [] : [`--preload=${SLOW_MOTION}?by=${slower}`];
  const command = [run!, ...slow, ...given, ...args];
  const ran = await runProcess(Deno.execPath(), command, { ...options, timeout: timeout * slower });
  return {
    ...ran,
    lines: ran.lines.map(({ at, text }) => ({ at: at / slower, text })),
    total: ran.total / slower,
    span: ran.span / slower,
  };
}

/**
 * Runs the example at `path` again and again until `isShown` accepts what it wrote, each time in slower motion: on a
 * busy machine the order of what happens comes from the lengths of waits only if these are long enough.
 *
 * @param first a run of it that there is already.
 * @throws what `isShown` has thrown, if that is no help.
 */
export async function runUntilShown(
  path: string,
  isShown: (run: ExampleRun) => void | Promise<void>,
  first: ExampleRun,
  options: RunOptions = {},
): Promise<ExampleRun> {
  let run = first;
  for (const slower of SLOWER) {
    try {
      await isShown(run);
      return run;
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
    }
    run = await runExample(path, { ...options, slower });
  }
  await isShown(run);
  return run;
}

/**
 * The environment of an example: that of a user. When the tests themselves are measured (`deno test --coverage`) the
 * examples are not: each of their threads would write a report as it ends, and be late for that.
 */
export function userEnvironment(
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { DENO_COVERAGE_DIR: _, ...own } = Deno.env.toObject();
  return { ...own, NO_COLOR: "1", ...env };
}

/** Runs a program, which is killed when it takes too long. */
export async function runProcess(
  program: string,
  args: readonly string[],
  { timeout = PATIENCE, cwd = ROOT, env = {} }: Pick<RunOptions, "timeout" | "cwd" | "env"> = {},
): Promise<ExampleRun> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: userEnvironment(env),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const start = performance.now();
  const child = command.spawn();
  const reading = Promise.all([
    readLines(child.stdout),
    new Response(child.stderr).text(),
    child.status,
  ]);
  try {
    const [{ text, lines }, stderr, { code }] = await deadline(reading, timeout);
    const total = (performance.now() - start) / 1000;
    const first = lines[0]?.at ?? start;
    return {
      text,
      lines: lines.map((line) => ({ at: (line.at - first) / 1000, text: line.text })),
      total,
      span: total - (first - start) / 1000,
      code,
      stderr,
    };
  } catch (error) {
    child.kill("SIGKILL");
    const [{ text }, stderr] = await reading;
    throw new Error(`${args.join(" ")} did not end within ${timeout} ms\n${text}\n${stderr}`, {
      cause: error,
    });
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ text: string; lines: StampedLine[] }> {
  let text = "";
  let rest = "";
  const lines: StampedLine[] = [];
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    const at = performance.now();
    text += piece;
    const whole = (rest + piece).split("\n");
    rest = whole.pop()!;
    lines.push(...whole.filter((line) => line !== "").map((line) => ({ at, text: line })));
  }
  if (rest !== "") lines.push({ at: performance.now(), text: rest });
  return { text, lines };
}
