/** Runs a command of the examples at a terminal of its own, as a learner does. */
import { commandOf, userEnvironment } from "./run_example.ts";

/** A question that it asks, and the keys that are pressed then. */
export type Reply = readonly [question: string, keys: string];

/** Runs the example at `path` in the folder; each question is replied to as it comes. */
export async function atTerminal(
  path: string,
  args: readonly string[],
  cwd: string,
  replies: readonly Reply[],
): Promise<{ code: number; text: string }> {
  const command = [Deno.execPath(), ...await commandOf(path), ...args].join(" ");
  const child = new Deno.Command("script", {
    args: ["-qefc", command, "/dev/null"],
    cwd,
    clearEnv: true,
    env: userEnvironment({ SHELL: "/bin/sh", TERM: "xterm" }),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const keys = child.stdin.getWriter();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = text;
    text += piece;
    for (const [question, reply] of replies) {
      if (before.includes(question) || !text.includes(question)) continue;
      await keys.write(new TextEncoder().encode(reply));
    }
  }
  await keys.close().catch((error) => {
    if (!(error instanceof Error)) throw error; // the terminal is gone
  });
  return { code: (await child.status).code, text };
}
