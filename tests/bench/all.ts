/** Runs the benchmarks one after the other, each by itself: `deno task bench [part of a name]…`. */

const folder = new URL(".", import.meta.url);
const names = [...Deno.readDirSync(folder)].map((entry) => entry.name)
  .filter((name) => name.endsWith("_bench.ts"))
  .filter((name) => Deno.args.length === 0 || Deno.args.some((part) => name.includes(part)))
  .sort();

let failed = 0;
for (const name of names) {
  console.log(`\n== ${name}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", new URL(name, folder).href],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) failed++;
}
if (failed > 0) console.error(`\n${failed} of ${names.length} benchmarks failed`);
Deno.exit(failed === 0 ? 0 : 1);
