import type { BenchReport } from "./row.ts";

/** What the ratios are held to, and what README.md shows. */
export const BASELINE = new URL("../baseline.json", import.meta.url);

/**
 * Reads what a run found; by default the baseline.
 *
 * @throws {TypeError} if the file holds something else.
 */
export async function readReport(file: string | URL = BASELINE): Promise<BenchReport> {
  const report = JSON.parse(await Deno.readTextFile(file));
  if (report?.version !== 1 || !Array.isArray(report.rows)) {
    throw new TypeError(
      `Cannot read ${file}: it is no report of version 1; make one by \`deno task bench --json\``,
    );
  }
  return report;
}
