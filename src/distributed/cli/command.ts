import config from "../../../deno.json" with { type: "json" };
import { PrintError, printText } from "../../command/print_text.ts";
import { UsageError } from "../../command/usage_error.ts";
import { AuthenticationError, BrokenExecutorError, InvalidStateError } from "../../core/errors.ts";
import { handleDeadLetters } from "./dead_command.ts";
import { HELP, parseSettings, type Settings } from "./settings.ts";
import { showStatus } from "./status_command.ts";
import { work } from "./worker_command.ts";

/** What the shell is told. */
const Exit = { DONE: 0, FAILED: 1, WRONG_USAGE: 2 } as const;

/** Runs the command and ends the program. */
export async function runCommand(args: readonly string[]): Promise<never> {
  Deno.exit(await execute(args));
}

async function execute(args: readonly string[]): Promise<number> {
  try {
    return await obey(parseSettings(args, readVariable));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`distributed: ${error.message} (--help tells more)`);
      return Exit.WRONG_USAGE;
    }
    if (!isExpected(error)) throw error;
    console.error(`distributed: ${error.message}`);
    return Exit.FAILED;
  }
}

async function obey(settings: Settings): Promise<number> {
  switch (settings.command) {
    case "help":
      printText(HELP);
      return Exit.DONE;
    case "version":
      printText(`${config.name} ${config.version}\n`);
      return Exit.DONE;
    case "worker":
      return await work(settings);
    case "status":
      await showStatus(settings);
      return Exit.DONE;
    case "dead":
      await handleDeadLetters(settings);
      return Exit.DONE;
  }
}

/** Whether it is told in a line: what a server, a file or an argument brings about. Anything else is a fault of ours. */
function isExpected(error: unknown): error is Error {
  const kinds = [
    AuthenticationError,
    BrokenExecutorError,
    InvalidStateError,
    PrintError,
    TypeError,
    RangeError,
  ];
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable ||
    kinds.some((kind) => error instanceof kind);
}

/** A variable of the environment, if it may be read without asking anybody. */
function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  const value = state === "granted" ? Deno.env.get(name) : undefined;
  return value === "" ? undefined : value;
}
