/** Runs a program and stamps its lines as they come. */

/** A line, and when it came. */
export interface Line {
  /** Seconds since the first line. */
  readonly at: number;
  readonly text: string;
}

/** What a program did. */
export interface Run {
  readonly lines: readonly Line[];
  readonly stderr: string;
  readonly code: number;
}

const running = new Set<Deno.ChildProcess>();

/** Ends the programs that still run, when this one is ended. */
export function endWithThis(): void {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => {
      for (const child of running) end(child);
      Deno.exit(code);
    });
  }
}

/** Asks a program to end; one that has ended already may still have children that hold its output open. */
function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Runs `command`; after `timeout` milliseconds it is ended. */
export async function runProgram(
  [command, ...args]: readonly [string, ...string[]],
  { timeout, cwd }: { timeout: number; cwd: URL },
): Promise<Run> {
  const child = new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1", PYTHONUNBUFFERED: "", PYTHONIOENCODING: "utf-8" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  running.add(child);
  const timer = setTimeout(() => end(child), timeout);
  try {
    const [lines, stderr, { code }] = await Promise.all([
      stamped(child.stdout),
      new Response(child.stderr).text(),
      child.status,
    ]);
    return { lines, stderr, code };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

async function stamped(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Line[]> {
  const lines: Line[] = [];
  let first: number | undefined;
  let rest = "";
  const add = (text: string): void => {
    const now = performance.now();
    first ??= now;
    lines.push({ at: (now - first) / 1000, text });
  };
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + piece).split("\n");
    rest = whole.pop()!;
    whole.forEach(add);
  }
  if (rest !== "") add(rest);
  return lines;
}
