/** Programs that this one runs, and that end with it. */

const running = new Set<Deno.ChildProcess>();

/**
 * Runs `deno` with these arguments in the folder `cwd`, its output going where this program's goes.
 *
 * @returns its exit code, or `null` if it had to be ended after `timeout` milliseconds.
 */
export async function runDeno(
  args: readonly string[],
  cwd: URL,
  timeout = 120_000,
): Promise<number | null> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    detached: true, // a group of its own, by which its children are found
  }).spawn();
  running.add(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill(child);
  }, timeout);
  const { code } = await child.status;
  clearTimeout(timer);
  running.delete(child);
  return late ? null : code;
}

/** Has the children end when this program is told to. */
export function endTogether(): void {
  for (const [signal, code] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const) {
    if (signal !== "SIGINT" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => {
      running.forEach(kill);
      Deno.exit(code);
    });
  }
}

/** Ends a child with all that it has started: a process that computes on and on would not notice that it is gone. */
function kill(child: Deno.ChildProcess): void {
  if (Deno.build.os === "windows") return child.kill("SIGKILL");
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // it has just ended
  }
}
