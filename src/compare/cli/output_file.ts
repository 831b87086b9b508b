import { basename, dirname, join } from "node:path";
import { printText } from "../../command/print_text.ts";
import { UsageError } from "../../command/usage_error.ts";

/** What a path names. */
type Kind = "stdout" | "file" | "stream";

/**
 * A file that the command writes, checked before anything is measured.
 *
 *     `-`                                standard output, written once, at the end
 *     a device, a pipe, /dev/…           written to as it is, once, at the end
 *     a file, a link to one, a new one   replaced as a whole, as often as there is something new: a reader finds
 *                                        what was there before or all of the new text, never a part
 *     a folder                           refused
 */
export class OutputFile {
  /** As it was given. */
  readonly path: string;
  readonly #kind: Kind;
  /** Where a file is, whatever links lead to it. */
  readonly #place: string;

  private constructor(path: string, kind: Kind, place: string) {
    this.path = path;
    this.#kind = kind;
    this.#place = place;
  }

  /**
   * Looks at what is there, and whether it can be written.
   *
   * @throws {UsageError} if it cannot.
   */
  static check(path: string): OutputFile {
    if (path === "-") return new OutputFile(path, "stdout", path);
    const info = tryStat(path);
    if (info?.isDirectory) {
      throw new UsageError(`${path} cannot be written: it is a folder; name a file in it`);
    }
    // What stands there is open elsewhere already, as standard output is: nothing must take its place.
    const special = /^\/(dev|proc)\//.test(path);
    if (info !== undefined && (!info.isFile || special)) {
      return new OutputFile(path, "stream", path);
    }
    const place = targetOf(path);
    const folder = dirname(place);
    if (!tryStat(folder)?.isDirectory) {
      throw new UsageError(
        `${path} cannot be written: there is no folder ${folder}; make it first`,
      );
    }
    const output = new OutputFile(path, "file", place);
    output.#checkWritable(info !== undefined);
    return output;
  }

  /** Whether it is standard output. */
  get isStdout(): boolean {
    return this.#kind === "stdout";
  }

  /** Whether it can be written again and again while the measuring goes on. */
  get isReplaceable(): boolean {
    return this.#kind === "file";
  }

  /** Writes the text; into a pipe as soon as it has a reader. */
  async write(text: string): Promise<void> {
    if (this.#kind !== "stream") return this.writeSync(text);
    using file = await Deno.open(this.path, { write: true });
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
  }

  /** The same at once. A pipe is left alone: it may have no reader. */
  writeSync(text: string): void {
    if (this.#kind === "stdout") return printText(text);
    if (this.#kind === "file") return this.#replace(text);
    if (tryStat(this.path)?.isFifo) return;
    Deno.writeTextFileSync(this.path, text, { create: false });
  }

  #replace(text: string): void {
    const mode = tryStat(this.#place)?.mode;
    const beside = this.#beside;
    try {
      Deno.writeTextFileSync(beside, text);
      if (typeof mode === "number" && Deno.build.os !== "windows") {
        Deno.chmodSync(beside, mode & 0o7777);
      }
      Deno.renameSync(beside, this.#place);
    } catch (error) {
      remove(beside);
      if (!isRefused(error)) throw error;
      Deno.writeTextFileSync(this.#place, text); // only this file may be written, nothing beside it
    }
  }

  /** Tries it without leaving anything: no reader is to find an empty file where there was none. */
  #checkWritable(exists: boolean): void {
    const tried = exists ? this.#place : this.#beside;
    try {
      Deno.openSync(tried, { write: true, create: true }).close();
      if (!exists) remove(tried);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // Where only this one file may be written, nothing can be tried beside it.
      if (!exists && error instanceof Deno.errors.NotCapable) return;
      throw new UsageError(`${this.path} cannot be written: ${error.message}; name another file`);
    }
  }

  /** Where the new text stands until it is whole. */
  get #beside(): string {
    return join(dirname(this.#place), `.${basename(this.#place)}.${Deno.pid}.part`);
  }
}

/** Follows links to where a file is or would be. */
function targetOf(path: string): string {
  let place = path;
  for (let links = 0; links < 40; links++) {
    const target = tryReadLink(place);
    if (target === undefined) return place;
    place = target.startsWith("/") ? target : join(dirname(place), target);
  }
  throw new UsageError(
    `${path} cannot be written: its links lead round in a circle; name another file`,
  );
}

function tryReadLink(path: string): string | undefined {
  return orNothing(() => Deno.lstatSync(path).isSymlink ? Deno.readLinkSync(path) : undefined);
}

function tryStat(path: string): Deno.FileInfo | undefined {
  return orNothing(() => Deno.statSync(path));
}

/** Looks at something; nothing where it is not there, or not to be seen. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { NotFound, NotADirectory, FilesystemLoop } = Deno.errors;
    if ([NotFound, NotADirectory, FilesystemLoop].some((each) => error instanceof each)) return;
    if (isRefused(error)) return;
    throw error;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !isRefused(error)) throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
}
