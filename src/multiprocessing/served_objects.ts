import { EOFError } from "../core/mod.ts";

/** Who asks. */
export interface Caller {
  /** The path of its process. */
  readonly path: string;
  /** Who in that process: what it holds is held by this owner. */
  readonly owner: string;
  /** Aborted when the answer is no longer wanted, or the asking process has ended. */
  readonly signal: AbortSignal;
}

/** What answers questions in its home. */
export interface Core {
  /** How it stands. */
  statistics(): object;
  /** A process that may have used it has ended. */
  processEnded?(path: string): void;
  /** A process has it now; `null` for its home. */
  heldIn?(path: string | null): void;
  /** A process that has it has posted something. */
  posted?(from: string, what: string, content: readonly unknown[]): void;
  /** No other process has it any more. */
  dropped?(): void;
}

/** An object that is served here. */
interface Served {
  readonly core: Core;
  /** Journeys that have not arrived yet. */
  underway: number;
  /** Processes that have a stand-in of it. */
  readonly holders: Set<string>;
}

/** The objects of which this process is the home, for as long as somebody elsewhere may ask them. */
export class ServedObjects {
  readonly #served = new Map<number, Served>();
  /** The numbers of what was ever served: an object keeps its own. */
  readonly #numbers = new WeakMap<Core, number>();
  #last = 0;

  /** The object sets out for another process; answers its number. */
  setOut(core: Core): number {
    const id = this.#numbers.get(core) ?? ++this.#last;
    this.#numbers.set(core, id);
    const served = this.#served.get(id) ?? { core, underway: 0, holders: new Set<string>() };
    served.underway++;
    this.#served.set(id, served);
    return id;
  }

  /** The object of that number. */
  core(id: number): Core {
    const served = this.#served.get(id);
    if (served === undefined) {
      throw new EOFError("the object is gone from the process that made it");
    }
    return served.core;
  }

  /** The number of an object that has set out before. */
  idOf(core: Core): number {
    return this.#numbers.get(core) as number;
  }

  /** A process has posted something to the object of that number. */
  posted(id: number, from: string, what: string, content: readonly unknown[]): void {
    this.#served.get(id)?.core.posted?.(from, what, content);
  }

  /** A process that only has a stand-in has sent it on. */
  lent(id: number): void {
    const served = this.#served.get(id);
    if (served !== undefined) served.underway++;
  }

  /** The object has come home. */
  arrivedHome(id: number): Core {
    const core = this.core(id);
    (this.#served.get(id) as Served).underway--;
    core.heldIn?.(null);
    return core;
  }

  /** The object has arrived in a process, which has a stand-in of it now. */
  arrived(id: number, path: string): void {
    const served = this.#served.get(id);
    if (served === undefined) return;
    served.underway--;
    served.holders.add(path);
    served.core.heldIn?.(path);
  }

  /** A process has no stand-in of it any more. */
  letGo(id: number, path: string): void {
    const served = this.#served.get(id);
    if (served === undefined) return;
    served.holders.delete(path);
    if (served.underway > 0 || served.holders.size > 0) return;
    this.#served.delete(id);
    served.core.dropped?.();
  }

  /** A process has ended, and all below it. */
  processEnded(path: string): void {
    for (const [id, { core, holders }] of this.#served) {
      core.processEnded?.(path);
      for (const holder of holders) if (isWithin(holder, path)) this.letGo(id, holder);
    }
  }
}

/** Whether a process is the one at `path` or stands below it. */
export function isWithin(process: string, path: string): boolean {
  return process === path || process.startsWith(`${path}.`);
}
