import type { Comparison } from "../measure/comparison.ts";

/**
 * Writes the comparison to a file as JSON.
 *
 * A reader finds either what was there before or all of the new text, never a part: it is written beside
 * the file first and then put in its place. Does not return before that, so that an interrupt cannot come between.
 */
export function writeRecord(path: string, comparison: Comparison): void {
  const beside = `${path}.part`;
  Deno.writeTextFileSync(beside, JSON.stringify(comparison, null, 2) + "\n");
  Deno.renameSync(beside, path);
}
