/** Runs a program of `tests/support/programs` as a user would, in a process of its own. */

/** How a program ended and what it said. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The longest that a program may take, in milliseconds; a busy machine takes ten times as long as an idle one. */
const PATIENCE = 120_000;

/** Runs it with all permissions; one that hangs is killed, and fails the test by its code. */
export async function program(name: string, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(`./programs/${name}`, import.meta.url).href, ...args],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
