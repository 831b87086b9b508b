/**
 * Runs the quick tests in several processes at once: `deno task test [part of a path]…`.
 *
 * Each process of `deno test` has a share of the files and runs them one after the other. So no test sees the threads,
 * children and signals of a test in another file, as it would on the threads of `deno test --parallel`. What is
 * printed ends with one line for all of them, in the words of `deno test`. Types are checked by `deno task ok:static`.
 */
import { pooledMap } from "@std/async";

const ROOT = new URL("../", import.meta.url);
const TESTS = new URL("tests/", ROOT);
/** One more than there are cores, since many tests wait. */
const AT_ONCE = navigator.hardwareConcurrency + 1;
/** So many that no process has a long share left when the others are done. */
const SHARES = 8 * AT_ONCE;

/** What the summaries of `deno test` count. */
const KINDS = ["passed", "failed", "ignored"] as const;
type Counts = Record<typeof KINDS[number], number>;

/** The test files below `folder`, but for the long ones, by their paths from the root. */
function* filesIn(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory && name !== "stress") yield* filesIn(url);
    else if (name.endsWith("_test.ts")) yield url.pathname.slice(ROOT.pathname.length);
  }
}

async function deno(args: string[]): Promise<{ success: boolean; text: string }> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** What a process has run, and the names of what failed. */
function readSummary(text: string): { counts: Counts; failures: string[] } {
  // deno-lint-ignore no-control-regex -- the colours of `deno test`
  const lines = text.replace(/\x1b\[[\d;]*m/g, "").split("\n");
  const summary = lines.findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line)) ?? "";
  const counts: Counts = { passed: 0, failed: 0, ignored: 0 };
  for (const kind of KINDS) counts[kind] = Number(summary.match(`(\\d+) ${kind}`)?.[1] ?? 0);
  const at = lines.lastIndexOf(" FAILURES ");
  return {
    counts,
    failures: at < 0 ? [] : lines.slice(at).filter((line) => line.includes(" => ")),
  };
}

const start = performance.now();
const size = (path: string): number => Deno.statSync(new URL(path, ROOT)).size;
const files = [...filesIn(TESTS)]
  .filter((path) => Deno.args.length === 0 || Deno.args.some((part) => path.includes(part)))
  .sort((a, b) => size(b) - size(a));
if (files.length === 0) {
  console.error(`Cannot run ${Deno.args.join()}: no file of tests has that in its path`);
  Deno.exit(2);
}
// Dealt out like cards, so that each share has some of the large ones.
const shares = Array.from({ length: SHARES }, (_, n) => files.filter((_, i) => i % SHARES === n))
  .filter((share) => share.length > 0);

// What has to be fetched is fetched once, not by each process at once.
const fetched = await deno(["cache", "--quiet", ...files]);
if (!fetched.success) console.log(fetched.text);

const total: Counts = { passed: 0, failed: 0, ignored: 0 };
const failed: string[] = [];
const running = pooledMap(AT_ONCE, shares, async (share) => {
  const { success, text } = await deno(["test", "-A", "--no-check", ...share]);
  console.log(text.trim());
  const { counts, failures } = readSummary(text);
  // A process that ends badly and names no test has failed itself.
  if (!success && counts.failed === 0) {
    counts.failed = 1;
    failures.push(`a process that ran ${share.join(" ")}`);
  }
  for (const kind of KINDS) total[kind] += counts[kind];
  failed.push(...failures);
});
await Array.fromAsync(running);

if (failed.length > 0) console.log(`\n FAILURES \n\n${failed.join("\n")}`);
const good = total.failed === 0 && total.passed > 0;
const counts = KINDS.map((kind) => `${total[kind]} ${kind}`).join(" | ");
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`\n${good ? "ok" : "FAILED"} | ${counts} (${seconds}s)`);
Deno.exit(good ? 0 : 1);
