/**
 * Compares the ratios of a run with the baseline: exit code 1 when a row has become worse beyond doubt.
 *
 *     deno task bench --quick --json FILE && deno task bench:check FILE
 */
import { readReport } from "./report/report_file.ts";
import { worsened } from "./report/check.ts";

const [file] = Deno.args;
if (file === undefined) {
  console.error("Cannot check: no file is named; give the one that `deno task bench --json` wrote");
  Deno.exit(2);
}
const [now, baseline] = await Promise.all([readReport(file), readReport()]);
const lines = await worsened(now, baseline);
for (const line of lines) console.log(line);
console.log(`${lines.length} of ${now.rows.length} rows are worse than the baseline`);
Deno.exit(lines.length === 0 ? 0 : 1);
