/**
 * A listing of the course in Python and in TypeScript: both texts, both run, what they print beside each other.
 *
 * Run:    deno run --allow-read=. --allow-run=deno,python3 examples/listing/main.ts 22
 * Watch:  the seconds before each line. `--gil` runs this side under CPython's lock; `--printed` runs what the slide
 *         has, where that is broken (ERRATA.md says how), ended after four seconds; `--quiet` leaves the texts out.
 *         Without a number all listings are listed. Where there is no python3 (3.11 or later), CPython's recorded
 *         output stands in its place.
 */
import { fileURLToPath } from "node:url";
import { beside, judge, withTimes } from "./beside.ts";
import { endWithThis, type Run, runProgram } from "./run_program.ts";
import { type Entry, EXAMPLES, readListings } from "./table.ts";

const ROOT = new URL("../", EXAMPLES);
/** Milliseconds that a program may take, and seconds that a broken one may. */
const LONGEST = 30_000, BROKEN = 4;

class UsageError extends Error {}

interface Options {
  readonly gil: boolean;
  readonly printed: boolean;
  readonly quiet: boolean;
}

/** What the arguments ask for. */
function parse(args: readonly string[]): Options & { number?: number } {
  const flags = args.filter((each) => each.startsWith("-"));
  const [number, more] = args.filter((each) => !each.startsWith("-"));
  const unknown = flags.find((flag) => !["--gil", "--printed", "--quiet"].includes(flag));
  if (unknown !== undefined) throw new UsageError(`there is no option "${unknown}"`);
  if (more !== undefined) throw new UsageError(`one at a time, not "${number}" and "${more}"`);
  const has = (flag: string): boolean => flags.includes(flag);
  const options = { gil: has("--gil"), printed: has("--printed"), quiet: has("--quiet") };
  if (number === undefined) return options;
  if (!/^\d{1,2}$/.test(number)) throw new UsageError(`"${number}" is not a number from 1 to 47`);
  return { ...options, number: Number(number) };
}

/** The command that the header of a program names: the last of them is the one for `--gil`. */
async function commandOf(path: string, gil: boolean): Promise<[string, ...string[]]> {
  const source = await Deno.readTextFile(new URL(path, ROOT));
  const commands = [...source.matchAll(/deno (run [^\n]*?\.ts)/g)].map(([, command]) => command);
  const command = gil ? commands.at(-1) : commands[0];
  if (command === undefined) throw new Error(`${path} does not say how it is run`);
  const [run, ...rest] = command.split(" ");
  return ["deno", run!, "--quiet", "--no-prompt", ...rest];
}

/** The version of python3, if there is one and the programs are for it: 3.11 or later. */
async function pythonVersion(): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("python3", { args: ["--version"] }).output();
    const version = new TextDecoder().decode(stdout).trim();
    const [, minor] = /^Python 3\.(\d+)/.exec(version) ?? [];
    return success && Number(minor) >= 11 ? version : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function widthOf(): number {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 140;
}

/** Prints both texts: beside each other where there is room. */
function showTexts(python: string, typescript: string): void {
  const [left, right] = [python, typescript].map((text) => text.trimEnd().split("\n"));
  if (widthOf() >= 200) {
    return console.log(beside(["Python", left!], ["TypeScript", right!], widthOf()) + "\n");
  }
  for (const [title, text] of [["Python", python], ["TypeScript", typescript]]) {
    console.log(`── ${title} ${"─".repeat(Math.max(0, widthOf() - title!.length - 4))}`);
    console.log(text!.trimEnd() + "\n");
  }
}

/** Runs Python for so many seconds; it and its children are ended then. */
async function runPython(seconds: number, ...args: string[]): Promise<Run> {
  const watched = fileURLToPath(new URL("python/watched.py", EXAMPLES));
  return await runProgram(
    ["python3", "-B", "-u", watched, String(seconds), ...args],
    { timeout: seconds * 1000 + 5000, cwd: ROOT },
  );
}

function showProblem(side: string, { code, stderr }: Run): void {
  if (stderr.trim() !== "") console.log(`\n${side} on stderr:\n${stderr.trimEnd()}`);
  if (code !== 0) console.log(`\n${side} ended with exit code ${code}.`);
}

/** What the slide has, run. */
async function showPrinted(entry: Entry, python: string | undefined): Promise<void> {
  const { printed, number } = entry;
  if (printed === undefined) {
    throw new UsageError(
      `listing ${number} works as its slide prints it; ERRATA.md has those that do not`,
    );
  }
  const path = `python/printed/${printed}.py`;
  console.log((await Deno.readTextFile(new URL(path, EXAMPLES))).trimEnd() + "\n");
  if (python === undefined) {
    return console.log(
      "There is no python3 (3.11 or later) to run it with; examples/ERRATA.md says what it does.",
    );
  }
  const run = await runPython(BROKEN, fileURLToPath(new URL(path, EXAMPLES)));
  console.log(withTimes(run.lines).join("\n") || "(prints nothing)");
  showProblem(python, run);
}

/** Both programs, run, and what they print beside each other. */
async function showBoth(
  entry: Entry,
  python: string | undefined,
  { gil, quiet }: Options,
): Promise<void> {
  if (gil && !entry.gil) {
    throw new UsageError(
      `listing ${entry.number} shows nothing else under the global lock; 06, 07, 15 and 16 take --gil`,
    );
  }
  const [typescript, pythonPath] = [
    `examples/listings/${entry.program}.ts`,
    `python/${entry.program}.py`,
  ];
  if (!quiet) {
    showTexts(
      await Deno.readTextFile(new URL(pythonPath, EXAMPLES)),
      await Deno.readTextFile(new URL(typescript, ROOT)),
    );
  }
  const args = gil ? ["--gil"] : [];
  const here = await runProgram([...await commandOf(typescript, gil), ...args], {
    timeout: LONGEST,
    cwd: ROOT,
  });
  const there = python === undefined
    ? undefined
    : await runPython(LONGEST / 1000, "-u", fileURLToPath(new URL(pythonPath, EXAMPLES)), ...args);
  const missing = there && /ModuleNotFoundError: No module named '(\w+)'/.exec(there.stderr)?.[1];
  const ran = there !== undefined && missing === undefined;
  const recorded = (await Deno.readTextFile(new URL(`tests/golden/${entry.name}.txt`, ROOT)))
    .trimEnd().split("\n");
  const left = ran ? withTimes(there.lines) : recorded;
  console.log(
    beside([ran ? python! : "CPython (recorded)", left], [
      `Deno ${Deno.version.deno}`,
      withTimes(here.lines),
    ], widthOf()),
  );
  if (here.code === 0 && (!ran || there.code === 0)) {
    const texts = ran ? there.lines.map(({ text }) => text) : recorded;
    console.log("\n" + judge(texts, here.lines.map(({ text }) => text)));
  }
  if (missing) {
    console.log(`Python here has no package ${missing}, so its recorded output is shown.`);
  } else if (there !== undefined) showProblem(python!, there);
  showProblem("TypeScript", here);
  if (here.code !== 0) Deno.exitCode = 1;
}

if (import.meta.main) {
  try {
    endWithThis();
    const { number, ...options } = parse(Deno.args);
    const listings = await readListings();
    if (number === undefined) {
      for (const { number, name, printed, gil } of listings) {
        const marks = [gil ? "--gil" : "", printed ? "--printed" : ""].filter(Boolean).join(" ");
        console.log(
          `${String(number).padStart(2, "0")}  ${name.slice(3).padEnd(30)} ${marks}`.trimEnd(),
        );
      }
    } else {
      const entry = listings.find((each) => each.number === number);
      if (entry === undefined) throw new UsageError(`there is no listing ${number}: 1 to 47`);
      const python = await pythonVersion();
      if (options.printed) await showPrinted(entry, python);
      else await showBoth(entry, python, options);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.error(`Cannot run a listing: ${error.message}; put deno on the PATH.`);
      Deno.exit(1);
    }
    if (!(error instanceof UsageError)) throw error;
    console.error(`Cannot show a listing: ${error.message}; deno task listing shows all of them.`);
    Deno.exitCode = 2;
  }
}
