import { isWithin } from "./served_objects.ts";

/** How many objects of no name a process may ask for before it counts as lying. */
const MOST = 100;

/** What processes were told of by others and were never given: who asks for that asks in good faith. */
export class Hearsay {
  readonly #told = new Map<string, Set<string>>();

  /** A process was told of the object `id`. */
  note(path: string, id: string): void {
    let told = this.#told.get(path);
    if (told === undefined) this.#told.set(path, told = new Set());
    if (told.size < MOST) told.add(id);
  }

  /** Whether a process was told of it. */
  has(path: string, id: string): boolean {
    return this.#told.get(path)?.has(id) === true;
  }

  /** Forgets a process that has ended, and all below it. */
  forget(ended: string): void {
    for (const path of this.#told.keys()) if (isWithin(path, ended)) this.#told.delete(path);
  }
}
