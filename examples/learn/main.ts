/**
 * Exercises: programs that are wrong in an instructive way. You mend them; tests say when they are right.
 *
 *     deno task learn               the exercises, and which of them you have mended
 *     deno task learn 3             gives you a copy of one of them, and checks what you have made of it
 *     deno task learn 3 hint        one hint more
 *     deno task learn 3 solution    how it can be done
 *     deno task learn 3 restart     a fresh copy
 *
 * Run:    deno run --allow-read=. --allow-write=examples/learn/mine --allow-run examples/learn/main.ts
 * Watch:  your copies are in `examples/learn/mine`, which git ignores.
 */
import { runDeno } from "../tour/child.ts";
import { command, heading, show, UsageError } from "../tour/command.ts";
import { Progress } from "../tour/progress.ts";
import { Exercise, ROOT } from "./exercise.ts";

const USAGE = "usage: deno task learn [NUMBER [hint | solution | restart]]";
const MINE = "examples/learn/mine";

/** Copies the exercise for the learner; what is there already stays, unless it is to begin anew. */
async function copy(exercise: Exercise, anew: boolean): Promise<boolean> {
  const source = await Deno.readTextFile(new URL(exercise.pathIn("exercises"), ROOT));
  try {
    await Deno.mkdir(new URL(MINE, ROOT), { recursive: true });
    await Deno.writeTextFile(new URL(exercise.pathIn("mine"), ROOT), source, { createNew: !anew });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `Cannot write your copy ${exercise.pathIn("mine")}: ${error.message}; ` +
        "take a clone that you may write to",
    );
  }
}

async function check(exercise: Exercise, progress: Progress): Promise<number> {
  const fresh = await copy(exercise, false);
  progress.last = exercise.number;
  heading(`${exercise.number}. ${exercise.title}`);
  show(exercise.text);
  console.log(`Your copy: ${exercise.pathIn("mine")}${fresh ? ", just made" : ""}\n`);
  const code = await runDeno(exercise.checkOf("mine"), ROOT);
  if (code === 0) {
    progress.done.add(exercise.number);
    console.log(`Right. Compare it with ${exercise.pathIn("solutions")}.`);
  } else {
    progress.done.delete(exercise.number);
    if (code === null) console.log("It does not come to an end, and was stopped.");
    console.log(
      `Not yet. Mend your copy, and come again: deno task learn ${exercise.number}\n` +
        `For a hint: deno task learn ${exercise.number} hint`,
    );
  }
  await progress.save();
  return code === 0 ? 0 : 1;
}

async function hint({ number, hints }: Exercise, progress: Progress): Promise<number> {
  const count = Math.min(hints.length, (progress.hints.get(number) ?? 0) + 1);
  hints.slice(0, count).forEach((text, i) => show(`${i + 1}. ${text}`));
  console.log(
    count < hints.length
      ? `${hints.length - count} more: deno task learn ${number} hint`
      : `That was the last one. How it can be done: deno task learn ${number} solution`,
  );
  progress.hints.set(number, count);
  await progress.save();
  return 0;
}

function list(exercises: readonly Exercise[], progress: Progress): number {
  for (const { number, title } of exercises) {
    const mark = progress.done.has(number) ? "✓" : number === progress.last ? "…" : " ";
    console.log(`${mark} ${String(number).padStart(2)}  ${title}`);
  }
  const next = exercises.find(({ number }) => !progress.done.has(number));
  console.log(next ? `\nNext: deno task learn ${next.number}` : "\nYou have mended them all.");
  return 0;
}

async function main([which, action, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new UsageError(USAGE);
  const exercises = await Exercise.readAll();
  const progress = await Progress.load(new URL(MINE, ROOT));
  if (which === undefined) return list(exercises, progress);
  const exercise = exercises.find(({ number }) => String(number) === which);
  if (exercise === undefined) {
    throw new UsageError(
      `There is no exercise ${JSON.stringify(which)}: they are 1 to ${exercises.length}; ${USAGE}`,
    );
  }
  switch (action) {
    case undefined:
      return await check(exercise, progress);
    case "hint":
      return await hint(exercise, progress);
    case "solution":
      console.log(await Deno.readTextFile(new URL(exercise.pathIn("solutions"), ROOT)));
      return 0;
    case "restart":
      await copy(exercise, true);
      console.log(`${exercise.pathIn("mine")} is as wrong as at first`);
      return 0;
    default:
      throw new UsageError(`${JSON.stringify(action)} is no word of it; ${USAGE}`);
  }
}

if (import.meta.main) await command(main);
