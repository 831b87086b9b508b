/**
 * Thirty questions, with the reason for each answer.
 *
 *     deno task quiz      those that you have not got right yet, one by one
 *     deno task quiz 7    one of them
 *
 * Run:    deno run --allow-read=. --allow-write=examples/quiz/.state --allow-run examples/quiz/main.ts
 * Watch:  a question about a program is answered by running it. Where standard input is no terminal, all is shown,
 *         nothing asked, and nothing counted. What you have got right is remembered in `.state`, which git ignores.
 */
import { runDeno } from "../tour/child.ts";
import { command, heading, show, UsageError } from "../tour/command.ts";
import { Progress } from "../tour/progress.ts";
import { Question, ROOT } from "./question.ts";

const USAGE = "usage: deno task quiz [NUMBER]";
const STATE = "examples/quiz/.state";

/** Asks until one of the letters is given; `null` if nobody wants to answer. */
function ask(letters: readonly string[]): string | null {
  while (true) {
    const reply = prompt(`Your answer (${letters.join(", ")}):`)?.trim().toLowerCase();
    if (reply === undefined) return null;
    if (letters.includes(reply)) return reply;
  }
}

/** Runs the program of a question. */
async function run(question: Question): Promise<void> {
  const path = `${STATE}/question_${question.number}.ts`;
  await Deno.writeTextFile(new URL(path, ROOT), question.code!);
  console.log("The program prints:");
  await runDeno(["run", "--quiet", "--no-prompt", ...question.flags, path], ROOT);
  console.log();
}

/** Puts a question; returns whether to go on. */
async function pose(question: Question, progress: Progress): Promise<boolean> {
  heading(`${question.number}. ${question.title}`);
  show(question.text);
  if (question.code !== null) console.log(question.code);
  for (const [letter, text] of question.options) show(`${letter}) ${text}`);
  const asks = Deno.stdin.isTerminal();
  const reply = asks ? ask([...question.options.keys()]) : null;
  if (asks && reply === null) return false;
  progress.last = question.number;
  if (reply === question.right) progress.done.add(question.number);
  else if (asks) progress.done.delete(question.number);
  const remembers = await progress.save();
  if (question.code !== null && remembers) await run(question);
  const judgement = !asks ? "Answer" : reply === question.right ? "Right" : "No";
  show(`${judgement}: ${question.right}) ${question.why}`);
  return true;
}

async function main([which, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new UsageError(USAGE);
  const questions = await Question.readAll();
  const progress = await Progress.load(new URL(STATE, ROOT));
  const one = questions.find(({ number }) => String(number) === which);
  if (which !== undefined && one === undefined) {
    throw new UsageError(
      `There is no question ${JSON.stringify(which)}: they are 1 to ${questions.length}; ${USAGE}`,
    );
  }
  const open = questions.filter(({ number }) => !progress.done.has(number));
  // With all of them right, all are asked again.
  const several = open.length > 0 ? open : questions;
  for (const question of one === undefined ? several : [one]) {
    if (!await pose(question, progress)) break;
  }
  console.log(`Right so far: ${progress.done.size} of ${questions.length}`);
  return 0;
}

if (import.meta.main) await command(main);
