/** Holds the learners' commands to leave nothing behind of the programs that they run. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { until } from "@quartet/concurrency/testing";
import { isAlive } from "../support/children.ts";
import { userEnvironment } from "./run_example.ts";

const child = new URL("../../examples/tour/child.ts", import.meta.url);
/** A program that has started another one, which computes on and on, and its parent. */
const SPINNING = `
  const spin = ["-c", "echo $$; while :; do :; done"];
  await new Deno.Command("sh", { args: spin, stdin: "null" }).spawn().status;`;
const COMMAND = `
  import { endTogether, runDeno } from ${JSON.stringify(child)};
  endTogether();
  await runDeno(["eval", ${JSON.stringify(SPINNING)}], new URL(".", ${JSON.stringify(child)}));`;

for (const [signal, code] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(
    `what the program of a learner has started ends with the command, on ${signal}`,
    { ignore: Deno.build.os !== "linux" },
    async () => {
      const command = new Deno.Command(Deno.execPath(), {
        args: ["eval", COMMAND],
        clearEnv: true,
        env: userEnvironment(),
        stdin: "null",
        stdout: "piped",
      }).spawn();
      const reader = command.stdout.pipeThrough(new TextDecoderStream()).getReader();
      let said = "";
      while (!said.endsWith("\n")) said += (await reader.read()).value!;
      const spinning = Number(said);
      try {
        command.kill(signal);
        assertEquals((await command.status).code, code);
        await until(() => !isAlive(spinning));
        await reader.cancel();
      } finally {
        if (isAlive(spinning)) Deno.kill(spinning, "SIGKILL");
      }
    },
  );
}
