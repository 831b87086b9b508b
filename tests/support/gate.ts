/** A gate before which a job computes until the test opens it, in a thread and in a process: files say how it stands. */
import { portable } from "@quartet/concurrency/futures";

/** The gate; shut until it is opened. */
export class Gate implements Disposable {
  /** The folder of its files: what {@linkcode computeBefore} takes. */
  readonly folder: string = Deno.makeTempDirSync();

  constructor() {
    Deno.writeTextFileSync(`${this.folder}/shut`, "");
  }

  /** Whether a job computes before it. */
  get isReached(): boolean {
    return isThere(`${this.folder}/reached`);
  }

  /** Lets the job end. */
  open(): void {
    Deno.removeSync(`${this.folder}/shut`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Computes, and never comes back to its event loop, as long as the gate of that folder is shut. */
export const computeBefore = portable(import.meta, function computeBefore(folder: string): string {
  Deno.writeTextFileSync(`${folder}/reached`, "");
  while (isThere(`${folder}/shut`));
  return "let through";
});

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
