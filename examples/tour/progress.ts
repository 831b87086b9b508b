/** What a learner has done: a small file in a folder that git ignores. */

const FILE = "progress.json";

function within(folder: URL, name: string): URL {
  return new URL(`${folder.href.replace(/\/$/, "")}/${name}`);
}

/** Where a learner left off. */
export class Progress {
  readonly #folder: URL;
  /** The stops that were visited to their end, or the exercises that were mended. */
  readonly done: Set<number>;
  /** The one that was begun last. */
  last: number | null;
  /** How many hints were asked for, by the number of the exercise. */
  readonly hints: Map<number, number>;

  private constructor(folder: URL, { done, last, hints }: Remembered) {
    this.#folder = folder;
    this.done = done;
    this.last = last;
    this.hints = hints;
  }

  /** Reads it; without a file, or with one that says nothing sensible, nothing has been visited. */
  static async load(folder: URL): Promise<Progress> {
    let text = "{}";
    try {
      text = await Deno.readTextFile(within(folder, FILE));
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    return new Progress(folder, parse(text));
  }

  /** Writes it, whole or not at all; returns whether that was possible. */
  async save(): Promise<boolean> {
    const text = JSON.stringify({
      done: [...this.done].sort((a, b) => a - b),
      last: this.last,
      hints: [...this.hints],
    });
    try {
      const [file, fresh] = [within(this.#folder, FILE), within(this.#folder, `${FILE}.tmp`)];
      await Deno.mkdir(this.#folder, { recursive: true });
      await Deno.writeTextFile(fresh, `${text}\n`);
      await Deno.rename(fresh, file);
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

/** What a file says, as far as it makes sense. */
type Remembered = Pick<Progress, "done" | "last" | "hints">;

function parse(text: string): Remembered {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { done, last, hints } = (value ?? {}) as { [key: string]: unknown };
  const isCount = (each: unknown): each is number => Number.isSafeInteger(each);
  const isPair = (each: unknown): each is [number, number] =>
    Array.isArray(each) && each.length === 2 && each.every(isCount);
  return {
    done: new Set(Array.isArray(done) ? done.filter(isCount) : []),
    last: isCount(last) ? last : null,
    hints: new Map(Array.isArray(hints) ? hints.filter(isPair) : []),
  };
}
