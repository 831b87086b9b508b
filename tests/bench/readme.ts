/**
 * Writes the section of README.md between its markers from the baseline, or from another file that `bench --json` wrote.
 *
 *     deno task bench:readme [FILE]
 */
import { fileURLToPath } from "node:url";
import { readReport } from "./report/report_file.ts";
import { withSection } from "./report/readme.ts";

const page = new URL("../../README.md", import.meta.url);
const report = await readReport(Deno.args[0]);
await Deno.writeTextFile(page, withSection(await Deno.readTextFile(page), report));
const { success } = await new Deno.Command("deno", {
  args: ["fmt", "--quiet", fileURLToPath(page)],
}).spawn().status;
Deno.exit(success ? 0 : 1);
