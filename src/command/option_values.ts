/** Reads the values of options; what is not there is `undefined`, and what is wrong is told in one line. */
import { nearName } from "./near_name.ts";
import { UsageError } from "./usage_error.ts";

/**
 * A whole number from 1.
 *
 * @throws {UsageError} if it is none.
 */
export function count(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new UsageError(`${option} takes a whole number from 1, got "${value}"`);
  }
  return Number(value);
}

/**
 * A number from `least`; `what` says in words which it takes.
 *
 * @throws {UsageError} if it is none.
 */
export function number(
  value: string | undefined,
  option: string,
  least: number,
  what: string,
): number | undefined {
  if (value === undefined) return undefined;
  const given = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && given >= least && given <= 1e9) return given;
  throw new UsageError(`${option} takes ${what}, got "${value}"`);
}

/**
 * Names by commas.
 *
 * @throws {UsageError} if one is not known, or there twice.
 */
export function list(value: string, option: string, known: readonly string[]): string[] {
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearName(unknown, known);
    throw new UsageError(
      `${option} does not know "${unknown}"${near}: there are ${known.join(", ")}`,
    );
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${option} has "${twice}" twice`);
  return names;
}

/**
 * The name of a file.
 *
 * @throws {UsageError} if it is empty.
 */
export function path(value: string | undefined, option: string): string | undefined {
  if (value === "") throw new UsageError(`${option} takes the name of a file, got ""`);
  return value;
}
