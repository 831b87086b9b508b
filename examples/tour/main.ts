/**
 * The tour: fourteen stops from "one thing after the other" to many machines. Each explains, asks what you expect, runs its
 * program, and changes one line of it.
 *
 *     deno task tour          the stops, and where you left off
 *     deno task tour 4        one of them
 *     deno task tour next     the first that you have not been to
 *
 * Run:    deno run --allow-read=. --allow-write=examples/tour/.state --allow-run examples/tour/main.ts
 * Watch:  where standard input is no terminal nothing is asked. Ctrl-C leaves. What you have visited is remembered in `.state`, which git
 *         ignores; the changed programs are written there, too, so your files stay as they are.
 */
import { runDeno } from "./child.ts";
import { command, heading, LeaveError, show, UsageError } from "./command.ts";
import { Page, ROOT } from "./page.ts";
import { Progress } from "./progress.ts";

const USAGE = "usage: deno task tour [NUMBER | next]";
const STATE = "examples/tour/.state";

/** Asks, where there is somebody to ask. */
function ask(question: string): string {
  if (!Deno.stdin.isTerminal()) return "";
  const reply = prompt(question);
  if (reply === null) throw new LeaveError(); // Ctrl-C, Ctrl-D
  return reply;
}

/** Runs a program of the tour with the permissions of its page. */
async function run(path: string, flags: readonly string[]): Promise<void> {
  console.log(`%c$ deno run ${[...flags, path].join(" ")}`, "color: gray");
  const code = await runDeno(["run", "--quiet", "--no-prompt", ...flags, path], ROOT);
  console.log();
  if (code !== 0) throw new UsageError(`${path} ended with exit code ${code}`);
}

async function visit(page: Page, progress: Progress): Promise<void> {
  progress.last = page.number;
  const remembers = await progress.save();
  heading(`${page.number}. ${page.title}`);
  show(page.text);

  heading("Predict");
  show(page.question);
  const prediction = ask("What do you expect?");
  await run(page.program, page.flags);
  if (prediction !== "") console.log(`You expected: ${prediction}\n`);
  show(page.why);

  heading("Change one line");
  if (page.before !== "") show(page.before);
  const { source, line } = await page.changed();
  console.log(`In ${page.program}, line ${line}:\n`);
  console.log(`  - ${page.change.from}\n  + ${page.change.to}\n`);
  if (remembers) {
    ask("What will it do now?");
    const path = `${STATE}/${page.name}.ts`;
    await Deno.writeTextFile(new URL(path, ROOT), source);
    await run(path, page.flags);
  } else {
    console.log(`(${STATE} cannot be written, so this is what the page has noted:)\n`);
    console.log(page.change.output);
  }
  show(page.after);
  progress.done.add(page.number);
  await progress.save();
}

function list(pages: readonly Page[], progress: Progress): void {
  for (const { number, title } of pages) {
    const mark = progress.done.has(number) ? "✓" : number === progress.last ? "…" : " ";
    console.log(`${mark} ${String(number).padStart(2)}  ${title}`);
  }
  const next = pages.find(({ number }) => !progress.done.has(number));
  console.log(
    next === undefined
      ? "\nYou have been everywhere. Test yourself: deno task quiz"
      : `\nNext: deno task tour ${next.number}`,
  );
}

async function main(args: readonly string[]): Promise<number> {
  const [which, ...more] = args;
  if (more.length > 0) throw new UsageError(USAGE);
  const pages = await Page.readAll();
  const progress = await Progress.load(new URL(STATE, ROOT));
  const page = pages.find(({ number }) =>
    which === "next" ? !progress.done.has(number) : String(number) === which
  );
  if (page !== undefined) await visit(page, progress);
  else if (which === undefined || which === "next") list(pages, progress);
  else {
    throw new UsageError(
      `There is no stop ${JSON.stringify(which)}: the stops are 1 to ${pages.length}; ${USAGE}`,
    );
  }
  return 0;
}

if (import.meta.main) await command(main);
