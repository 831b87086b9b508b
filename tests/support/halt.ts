import { until } from "./until_waiting.ts";

/** Whether a process can be stopped here, and it be seen that it has. */
export const isHalting = Deno.build.os === "linux";

/** Stops a process, which gets what is sent to it and does nothing. */
export async function halt(pid: number): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  await until(() => Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") T "));
}
