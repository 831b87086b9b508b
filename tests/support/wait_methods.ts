/** The methods of the package that wait with a promise, found in its source: those that take `WaitOptions`. */
import { sourceFiles } from "./source_tree.ts";

/** Their names, as `Lock.acquire`, or `sleep` for a function: of what the modules of these floors export. */
export function waitsIn(...floors: string[]): string[] {
  const found = new Set<string>();
  for (const file of sourceFiles("src").filter((each) => floors.includes(each.floor))) {
    let type = "";
    // A signature may go over several lines; parentheses inside of it are those of function types.
    for (const [, name, method] of file.code.matchAll(DECLARATIONS)) {
      if (name !== undefined) type = name;
      else if (method !== undefined) found.add(`${type}.${method}`);
    }
    for (const [, name] of file.code.matchAll(FUNCTIONS)) found.add(name!);
  }
  return [...found].sort();
}

const PARAMETERS = String
  .raw`\((?:[^()]|\([^()]*\))*\bWaitOptions\b(?:[^()]|\([^()]*\))*\)\s*:\s*Promise<`;
const DECLARATIONS = new RegExp(
  String.raw`^export (?:abstract )?class (\w+)|^  (?:async )?(\w+)(?:<[^>(]*>)?${PARAMETERS}`,
  "gm",
);
const FUNCTIONS = new RegExp(
  String.raw`^export (?:async )?function (\w+)(?:<[^>(]*>)?${PARAMETERS}`,
  "gm",
);
