/** What the commands for learners have in common: how they end, and how they show a page. */
import { endTogether } from "./child.ts";

/** Says why a learner's command cannot be done. */
export class UsageError extends Error {}

/** Says that a learner wants to leave. */
export class LeaveError extends Error {}

/** Runs `main`; what it cannot do is told in one line, with exit code 2. */
export async function command(main: (args: readonly string[]) => Promise<number>): Promise<never> {
  endTogether();
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (error instanceof LeaveError) Deno.exit(130);
    if (!(error instanceof UsageError || error instanceof SyntaxError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

/** Shows Markdown as a terminal can. */
export function show(markdown: string): void {
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) continue;
    const text = line.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
    if (text.startsWith("#")) console.log(`%c${text}`, "font-weight: bold");
    else console.log(text);
  }
  console.log();
}

/** Shows a heading. */
export function heading(text: string): void {
  console.log(`%c${text}\n`, "font-weight: bold");
}
