import { printText } from "../../command/print_text.ts";
import type { DeadLetter } from "../dead_letters.ts";
import { NatsExecutor } from "../nats_executor.ts";
import type { DeadSettings } from "./settings.ts";
import { textTable } from "./text_table.ts";

/** Lists the jobs that were given up, has them run again, or forgets them. */
export async function handleDeadLetters(
  { connection, deed, ids, json }: DeadSettings,
): Promise<void> {
  await using executor = new NatsExecutor(connection);
  await executor.ready(); // fails at once where the first job would
  const letters = ids === null ? await Array.fromAsync(executor.deadLetters()) : null;
  if (deed === "list") return printText(json ? jsonOf(letters!) : tableOf(letters!));
  const meant = ids ?? letters!.map(({ id }) => id);
  for (const id of meant) {
    if (deed === "purge") await executor.purge(id);
    else await replay(executor, id);
  }
  const done = deed === "purge" ? "forgotten" : "to run again";
  printText(json ? `${JSON.stringify({ [deed]: meant })}\n` : `${meant.length} ${done}\n`);
}

/** Has it run again; how it ends is told to whoever asks for it. */
async function replay(executor: NatsExecutor, id: string): Promise<void> {
  const future = executor.replay(id);
  future.addDoneCallback((ended) => ended.cancelled() || ended.exception());
  await future.accepted;
}

function tableOf(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return "no job was given up\n";
  const columns = ["id", "given up", "attempts", "function", "why"];
  return textTable(
    columns,
    letters.map(({ id, at, attempts, target, error }) => [
      id,
      at.toISOString().slice(0, 19),
      attempts,
      target,
      `${error.name}: ${error.message}`,
    ]),
  );
}

function jsonOf(letters: readonly DeadLetter[]): string {
  return `${JSON.stringify(letters, null, 2)}\n`;
}
