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
  }).spawn();
  running.add(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout);
  const { code } = await child.status;
  clearTimeout(timer);
  running.delete(child);
  return late ? null : code;
}

/** Has the children end when this program is told to. */
export function endTogether(): void {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => {
      for (const child of running) child.kill("SIGKILL");
      Deno.exit(code);
    });
  }
}
