import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { nearName } from "./near_name.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Takes the arguments of a command apart: its options, and what stands between them.
 *
 * @param others options that are read elsewhere and that one may have meant.
 * @throws {UsageError} if an option is not known, or its value is missing.
 */
export function parseOptions<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  others: readonly string[] = [],
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // parseArgs throws nothing else than what is wrong with the arguments, as a TypeError.
    if (!(error instanceof TypeError)) throw error;
    const message = error.message.split("\n")[0]!;
    const [, option] = /^Option '(?:-\w, )?(--[\w-]+)/.exec(message) ?? [];
    if (option !== undefined) {
      throw new UsageError(
        message.endsWith("does not take an argument")
          ? `${option} takes no value`
          : `${option} needs a value; one that begins with a dash is given as ${option}=-…`,
      );
    }
    const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message);
    const known = [...Object.keys(options), ...others].map((name) => `--${name}`);
    throw new UsageError(`there is no option ${unknown}${nearName(unknown, known)}`);
  }
}
