/**
 * Makes the pictures of README.md by measuring on the machine that it runs on, each in light and in dark; a part of
 * a picture's name picks some. A machine with nothing else to do makes the best ones.
 *
 * Run: deno task pictures
 */
import { compare, type ModelName, toSvg } from "../src/compare/mod.ts";

const folder = new URL("../.github/pictures/", import.meta.url);

/** By name, what is measured: a built-in workload under some models. */
const PICTURES: Readonly<Record<string, { workload: string; models: readonly ModelName[] }>> = {
  computing: { workload: "cpu", models: ["sync", "threads", "processes", "async"] },
  waiting: { workload: "io", models: ["sync", "threads", "async"] },
};

for (const [name, { workload, models }] of Object.entries(PICTURES)) {
  if (Deno.args.length > 0 && !Deno.args.some((part) => name.includes(part))) continue;
  const command = ["--workload", workload, "--models", models.join(), "--svg", `${name}.svg`];
  const comparison = await compare(workload, { models, trace: true, command });
  await Deno.mkdir(folder, { recursive: true });
  for (const scheme of ["light", "dark"] as const) {
    const file = new URL(`${name}_${scheme}.svg`, folder);
    await Deno.writeTextFile(file, toSvg(comparison, { scheme }));
    console.log(`${file.pathname}: ${comparison.verdicts[0]!.why}`);
  }
}
Deno.exit(0);
