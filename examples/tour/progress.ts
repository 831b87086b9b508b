/** Where a learner left off: a small file in a folder that git ignores. */

/** What has been visited. */
export class Progress {
  readonly #file: string;
  /** The stops that were visited to their end. */
  readonly done: Set<number>;
  /** The stop that was begun last. */
  last: number | null;

  private constructor(file: string, done: Set<number>, last: number | null) {
    this.#file = file;
    this.done = done;
    this.last = last;
  }

  /** Reads it; without a file, or with one that says nothing sensible, nothing has been visited. */
  static async load(folder: string): Promise<Progress> {
    const file = `${folder}/progress.json`;
    let text = "{}";
    try {
      text = await Deno.readTextFile(file);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    const { done, last } = parse(text);
    return new Progress(file, done, last);
  }

  /** Writes it, whole or not at all; returns whether that was possible. */
  async save(): Promise<boolean> {
    const text = JSON.stringify({ done: [...this.done].sort((a, b) => a - b), last: this.last });
    try {
      await Deno.mkdir(this.#file.slice(0, this.#file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(`${this.#file}.tmp`, `${text}\n`);
      await Deno.rename(`${this.#file}.tmp`, this.#file);
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      return false; // a clone that may only be read, a full disk: the tour goes on without a memory
    }
  }
}

/** Whether the file system said no, and not Deno's permissions. */
function isFault(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return false;
  return error.name in Deno.errors || "code" in error;
}

function parse(text: string): { done: Set<number>; last: number | null } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { done, last } = (value ?? {}) as { done?: unknown; last?: unknown };
  const isStop = (each: unknown): each is number => Number.isSafeInteger(each);
  return {
    done: new Set(Array.isArray(done) ? done.filter(isStop) : []),
    last: isStop(last) ? last : null,
  };
}
