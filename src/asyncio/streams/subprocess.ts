import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { ProcessExitedError } from "../../core/errors.ts";
import { addLiveSource } from "../../core/parts.ts";
import { futureOf } from "../task/promise_future.ts";
import { perform } from "../wait/bounded.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { type Bytes, StreamReader } from "./stream_reader.ts";
import { StreamWriter } from "./stream_writer.ts";

/** Connects a stream of the child to this program: as an option of {@linkcode createSubprocess}. */
export const PIPE = "piped";

/** Connects a stream of the child to nothing. */
export const DEVNULL = "null";

/** What a stream of a child is connected to. */
export type Redirection = "piped" | "inherit" | "null";

/** How a child is started. */
export interface SubprocessOptions {
  /** What it reads; default `"inherit"`: what this program reads. */
  readonly stdin?: Redirection;
  /** Where it writes; default `"inherit"`. */
  readonly stdout?: Redirection;
  /** Where it writes its errors; default `"inherit"`. */
  readonly stderr?: Redirection;
  /** Its working folder; default this program's. */
  readonly cwd?: string | URL;
  /** Variables added to its environment. */
  readonly env?: Record<string, string>;
  /** Whether its environment begins empty; default `false`. */
  readonly clearEnv?: boolean;
  /** How long a line read from it may be, in bytes; default 65536. */
  readonly limit?: number;
}

const alive = new Set<Subprocess>();

addLiveSource("subprocess", function* (): Generator<string> {
  for (const { pid } of alive) yield `pid ${pid}`;
});

/**
 * A child process; made by {@linkcode createSubprocess} and {@linkcode createSubprocessShell}.
 *
 * - Streams that are piped are a {@linkcode StreamWriter} and {@linkcode StreamReader}s; the others are `null`.
 * - `returncode` is the exit code, or minus the number of the signal that ended it; `null` while it runs.
 * - `await using` kills it at the end of the block if it still runs, and waits for it.
 *
 * Source: Python's `asyncio.subprocess.Process`.
 */
export class Subprocess implements AsyncDisposable {
  /** What it reads, if piped. */
  readonly stdin: StreamWriter | null;
  /** What it writes, if piped. */
  readonly stdout: StreamReader | null;
  /** What it writes as errors, if piped. */
  readonly stderr: StreamReader | null;
  /** Its number in the operating system. */
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #exit: Promise<number>;
  #returncode: number | null = null;

  /** For {@linkcode createSubprocess}. */
  constructor(child: Deno.ChildProcess, options: SubprocessOptions) {
    const { stdin, stdout, stderr, limit } = options;
    this.#child = child;
    this.pid = child.pid;
    this.stdin = stdin === "piped" ? writerOf(child.stdin) : null;
    this.stdout = stdout === "piped" ? readerOf(child.stdout, limit) : null;
    this.stderr = stderr === "piped" ? readerOf(child.stderr, limit) : null;
    alive.add(this);
    this.#exit = this.#watch();
  }

  /** The exit code, or minus the number of the signal that ended it; `null` while it runs. */
  get returncode(): number | null {
    return this.#returncode;
  }

  /**
   * Waits for its end and returns the `returncode`; any number of waiters.
   *
   * A child that fills a pipe which nobody reads never ends: read it, or use `communicate()`.
   */
  wait(options?: WaitOptions): LoopFuture<number> {
    return perform(() => futureOf(this.#exit, runningOrDefaultLoop())[Symbol.iterator](), options);
  }

  /**
   * Sends `input`, closes its `stdin`, reads all that it writes, and waits for its end.
   *
   * - A child that ends without reading its input is no failure.
   * - Everything is held in memory.
   *
   * @param input what it reads, if its `stdin` is piped.
   * @returns what it wrote to `stdout` and `stderr`; `null` for what is not piped.
   */
  communicate(
    input?: Uint8Array | string,
    options?: WaitOptions,
  ): LoopFuture<[Bytes | null, Bytes | null]> {
    return perform(() => this.#communicate(input), options);
  }

  /**
   * Sends a signal.
   *
   * @throws {ProcessExitedError} if it has ended (Python: `ProcessLookupError`).
   */
  sendSignal(signal: Deno.Signal): void {
    if (this.#returncode !== null) {
      throw new ProcessExitedError(`Cannot send ${signal}: the process ${this.pid} has ended`, {
        exitCode: this.#returncode,
      });
    }
    this.#child.kill(signal);
  }

  /** Asks it to end: `SIGTERM`. Throws as `sendSignal`. */
  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  /** Ends it: `SIGKILL`. Throws as `sendSignal`. */
  kill(): void {
    this.sendSignal("SIGKILL");
  }

  /** Kills it if it runs, waits for it, and closes its streams. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#returncode === null) this.kill();
    await this.#exit;
    await this.stdin?.[Symbol.asyncDispose]();
    for (const stream of [this.stdout, this.stderr]) {
      // Reads what is left, so that the pipe is closed at its end.
      while (stream !== null && !stream.atEof() && stream.exception() === null) await stream.read();
    }
  }

  async #watch(): Promise<number> {
    const { code, signal } = await this.#child.status;
    alive.delete(this);
    // The platform tells the end by signal n as code 128 + n, as shells do.
    return this.#returncode = signal === null ? code : 128 - code;
  }

  *#communicate(
    input: Uint8Array | string | undefined,
  ): Generator<unknown, [Bytes | null, Bytes | null], unknown> {
    const reads = [this.stdout, this.stderr].map((stream) => stream?.read() ?? null);
    if (this.stdin !== null) yield* feed(this.stdin, input);
    const [stdout, stderr] = [reads[0] ? yield* reads[0] : null, reads[1] ? yield* reads[1] : null];
    yield* this.wait();
    return [stdout as Bytes | null, stderr as Bytes | null];
  }
}

function* feed(
  stdin: StreamWriter,
  input: Uint8Array | string | undefined,
): Generator<unknown, void, unknown> {
  try {
    if (input !== undefined) stdin.write(input);
    stdin.close();
    yield* stdin.waitClosed();
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
  }
}

/** Whether the child did not want to read: no failure of ours. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    (error instanceof TypeError && /closed|closing|errored/i.test(error.message));
}

/** The arguments of a program, its options, or both. */
export type SubprocessArguments = readonly (string | readonly string[] | SubprocessOptions)[];

/**
 * Starts a program.
 *
 * - Arguments one by one or as one array; the options last.
 * - Streams that are not mentioned are this program's own.
 *
 * Not like Python: text mode does not exist, and `stderr` cannot be sent into `stdout`.
 *
 * Source: Python's `asyncio.create_subprocess_exec`.
 *
 * @throws {Deno.errors.NotFound} if there is no such program.
 * @throws {TypeError} if an argument is no text, or a redirection is unknown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createSubprocess, PIPE, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const options = { stdin: PIPE, stdout: PIPE } as const;
 *   const script = "console.log((await new Response(Deno.stdin.readable).text()).length)";
 *   const child = await createSubprocess(Deno.execPath(), ["eval", script], options);
 *   const [stdout] = await child.communicate("four");
 *   assertEquals(new TextDecoder().decode(stdout!).trim(), "4");
 *   assertEquals(child.returncode, 0);
 * });
 * ```
 */
export function createSubprocess(
  program: string | URL,
  ...rest: SubprocessArguments
): LoopFuture<Subprocess> {
  const started = new LoopFuture<Subprocess>();
  try {
    const { args, options } = sort(rest);
    const { cwd, env, clearEnv } = options;
    const { stdin = "inherit", stdout = "inherit", stderr = "inherit" } = options;
    for (const [name, value] of Object.entries({ stdin, stdout, stderr })) checkPipe(name, value);
    const command = new Deno.Command(program, { args, cwd, env, clearEnv, stdin, stdout, stderr });
    started.setResult(new Subprocess(command.spawn(), options));
  } catch (error) {
    started.setException(error);
  }
  return started;
}

/** The arguments, and the options if they stand last. */
function sort(rest: SubprocessArguments): { args: string[]; options: SubprocessOptions } {
  const last = rest.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const args = (hasOptions ? rest.slice(0, -1) : rest).flat() as string[];
  args.forEach((arg, index) => {
    if (typeof arg === "string") return;
    throw new TypeError(
      `Cannot pass ${
        show(arg)
      } to a program as argument ${index}: arguments are text; give a string`,
    );
  });
  const options = hasOptions ? last as SubprocessOptions : {};
  checkOptions(options, "createSubprocess()", "stdout: PIPE");
  return { args, options };
}

/**
 * Has the system's shell run a command line.
 *
 * Never put text that comes from elsewhere into it: use {@linkcode createSubprocess}, which passes arguments as they are.
 *
 * Source: Python's `asyncio.create_subprocess_shell`.
 *
 * @returns the process of the shell; its `returncode` is 127 for a command that does not exist.
 */
export function createSubprocessShell(
  command: string,
  options: SubprocessOptions = {},
): LoopFuture<Subprocess> {
  checkOptions(options, "createSubprocessShell()", "stdout: PIPE");
  if (typeof command !== "string") {
    const refused = new LoopFuture<Subprocess>();
    refused.setException(
      new TypeError(`Cannot run ${show(command)} in a shell: give a command line as text`),
    );
    return refused;
  }
  return Deno.build.os === "windows"
    ? createSubprocess("cmd", ["/d", "/s", "/c", command], options)
    : createSubprocess("/bin/sh", ["-c", command], options);
}

function checkPipe(name: string, value: unknown): void {
  if (value === "piped" || value === "inherit" || value === "null") return;
  throw new TypeError(
    `Cannot connect ${name} to ${show(value)}: give PIPE, DEVNULL or "inherit"`,
  );
}

function writerOf(stream: WritableStream<Uint8Array>): StreamWriter {
  const writer = stream.getWriter();
  return new StreamWriter({
    write: async (bytes) => {
      await writer.write(bytes);
      return bytes.length;
    },
    close: () => writer.close(),
  });
}

function readerOf(stream: ReadableStream<Uint8Array>, limit: number | undefined): StreamReader {
  const reader = stream.getReader();
  return new StreamReader({ limit }, async () => (await reader.read()).value ?? null);
}
