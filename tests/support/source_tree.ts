/** The project's own source files, read for the tests that hold them to the house rules. */
import { blank } from "./blank.ts";

/** The folder that deno.json stands in. */
export const root: URL = new URL("../../", import.meta.url);

/** An import as a source file spells it. */
export interface Import {
  /** The specifier. */
  readonly from: string;
  /** The path of the file it means, when it is a file of this project. */
  readonly path: string | null;
  /** Whether only types come of it, which leaves nothing at run time. */
  readonly typeOnly: boolean;
  /** Whether it is `import(…)`: loaded when it is reached. */
  readonly lazy: boolean;
}

/** One source file. */
export class SourceFile {
  /** From the root, with slashes: `src/core/clock.ts`. */
  readonly path: string;
  /** The text as it stands. */
  readonly text: string;
  /** The text with each comment blanked out; lines and columns stay. */
  readonly code: string;
  /** The text with comments and the insides of strings blanked out. */
  readonly bare: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.code = blank(text, { strings: false });
    this.bare = blank(text, { strings: true });
  }

  /** The folder below `src`; empty for what stands at the top. */
  get floor(): string {
    return /^src\/([^/]+)\//.exec(this.path)?.[1] ?? "";
  }

  /** The file's own name. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /** How many lines there are beside the imports. */
  get lines(): number {
    const own = this.text.replace(/^import\b[^"]*"[^"]*";\n/gm, "");
    return own.trimEnd().split("\n").length;
  }

  /** All it imports and re-exports. */
  get imports(): Import[] {
    const found: Import[] = [];
    const still = /^\s*(import|export)\b([^"'`;]*?)\bfrom\s*["']([^"']+)["']/gm;
    for (const [, , names, from] of this.code.matchAll(still)) {
      found.push(this.#import(from!, { typeOnly: isTypeOnly(names!), lazy: false }));
    }
    for (const [, from] of this.code.matchAll(/^\s*import\s*["']([^"']+)["']/gm)) {
      found.push(this.#import(from!, { typeOnly: false, lazy: false }));
    }
    for (
      const [, type, from] of this.code.matchAll(/(\btypeof\s+)?\bimport\s*\(\s*["']([^"']+)/g)
    ) {
      found.push(this.#import(from!, { typeOnly: type !== undefined, lazy: true }));
    }
    return found;
  }

  #import(from: string, how: { typeOnly: boolean; lazy: boolean }): Import {
    const url = from.startsWith(".") ? new URL(from, new URL(this.path, root)).href : null;
    const path = url?.startsWith(root.href) ? url.slice(root.href.length) : null;
    return { from, path, ...how };
  }

  /** The places where `pattern` matches the bare code, as `path:line: the line`. */
  find(pattern: RegExp, where: "text" | "code" | "bare" = "bare"): string[] {
    const lines = this.text.split("\n");
    return [...this[where].matchAll(new RegExp(pattern, "gm"))].map((match) => {
      const line = this[where].slice(0, match.index).split("\n").length;
      return `${this.path}:${line}: ${lines[line - 1]!.trim()}`;
    });
  }
}

/** All TypeScript files below `folders`, in order of their paths. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) => paths(folder)).sort().map(sourceFile);
}

/** The file at `path`, from the root. */
export function sourceFile(path: string): SourceFile {
  return new SourceFile(path, Deno.readTextFileSync(new URL(path, root)));
}

function paths(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(`${folder}/`, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...paths(path));
    else if (entry.name.endsWith(".ts")) found.push(path);
  }
  return found;
}

/** `type { … }`, or braces in which every name is a type. */
function isTypeOnly(names: string): boolean {
  const clause = names.trim();
  if (/^type\b/.test(clause)) return true;
  const inside = /^\{(.*)\}$/s.exec(clause)?.[1];
  if (inside === undefined) return false;
  return inside.split(",").map((name) => name.trim()).filter((name) => name !== "")
    .every((name) => name.startsWith("type "));
}
