import type { Comparison } from "../measure/comparison.ts";
import { toHtml } from "../report/html.ts";
import { toMarkdown } from "../report/markdown.ts";
import { toTrace } from "../report/perfetto.ts";
import { toSvg } from "../report/svg.ts";
import { toTable } from "../report/table.ts";
import { PrintError, printText } from "../../command/print_text.ts";
import { OutputFile } from "./output_file.ts";
import type { Settings } from "./settings.ts";
import { openStyle } from "./style.ts";
import { UsageError } from "../../command/usage_error.ts";

/** A report of the command line: how it is called there, and what makes its text. */
type Report = readonly [
  option: "json" | "save" | "html" | "svg" | "markdown" | "trace",
  make: (comparison: Comparison) => string,
];

const REPORTS: readonly Report[] = [
  ["json", toJson],
  ["save", toJson],
  ["html", toHtml],
  ["svg", toSvg],
  ["markdown", toMarkdown],
  ["trace", toTrace],
];

/** All that the command writes. */
export class Outputs {
  readonly #files: readonly (readonly [OutputFile, Report])[];
  /** Whether a report has standard output to itself. */
  readonly haveStdout: boolean;

  private constructor(files: readonly (readonly [OutputFile, Report])[]) {
    this.#files = files;
    this.haveStdout = files.some(([file]) => file.isStdout);
  }

  /**
   * Looks whether all can be written: to find that out after a minute of measuring would be late.
   *
   * @throws {UsageError} if one cannot be, or two are the same.
   */
  static check(settings: Settings): Outputs {
    const paths = new Set<string>();
    const files = REPORTS.flatMap((report) => {
      const path = settings[report[0]];
      if (path === undefined) return [];
      if (paths.has(path)) {
        throw new UsageError(`${path} is to be written twice: give each its own`);
      }
      paths.add(path);
      return [[OutputFile.check(path), report] as const];
    });
    return new Outputs(files);
  }

  /** Writes what is there so far to what can be written again, so that it survives whatever comes. */
  update(comparison: Comparison): void {
    for (const [file, [option, make]] of this.#files) {
      if (option !== "json" || !file.isReplaceable) continue;
      try {
        file.writeSync(make(comparison));
      } catch (error) {
        // The measuring goes on; the last writing tells if the disk is still full then.
        if (!(error instanceof Error)) throw error;
      }
    }
  }

  /**
   * Writes everything and prints the table.
   *
   * @returns what could not be written, with the reason, one line each.
   */
  async writeAll(comparison: Comparison): Promise<string[]> {
    const failures: string[] = [];
    for (const [file, [, make]] of this.#files) {
      try {
        await file.write(make(comparison));
      } catch (error) {
        failures.push(reasonOf(error, file));
      }
    }
    return [...failures, ...this.#tryTable(comparison)];
  }

  /** The same at once, before the program ends. A baseline is only what was measured to its end. */
  writeAllSync(comparison: Comparison): string[] {
    const failures: string[] = [];
    for (const [file, [option, make]] of this.#files) {
      if (option === "save") continue;
      try {
        file.writeSync(make(comparison));
      } catch (error) {
        failures.push(reasonOf(error, file));
      }
    }
    return [...failures, ...this.#tryTable(comparison)];
  }

  /** Prints text for a person: to standard output, unless that is taken. */
  print(text: string): void {
    if (this.haveStdout) console.error(text.trimEnd());
    else printText(text);
  }

  #tryTable(comparison: Comparison): string[] {
    try {
      this.#printTable(comparison);
      return [];
    } catch (error) {
      return [reasonOf(error)];
    }
  }

  #printTable(comparison: Comparison): void {
    const terminal = this.haveStdout ? Deno.stderr : Deno.stdout;
    const columns = terminal.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
    const style = openStyle(terminal);
    this.print(toTable(comparison, {
      ...(columns === undefined ? {} : { columns }),
      ...(style === undefined ? {} : { style }),
    }));
  }
}

/** Why something could not be written, as one line. */
function reasonOf(error: unknown, file?: OutputFile): string {
  if (error instanceof PrintError) return error.message;
  if (file === undefined || !(error instanceof Error)) throw error;
  return `${file.path} cannot be written: ${error.message}`;
}

function toJson(comparison: Comparison): string {
  return JSON.stringify(comparison, null, 2) + "\n";
}
