import { EOFError, TransferError } from "../../core/errors.ts";

/** Who asks. */
export interface Caller {
  /** The path of its process. */
  readonly path: string;
  /** Who in that process: what it holds is held by this owner. */
  readonly owner: string;
  /** Aborted when the answer is no longer wanted, or the asking process has ended. */
  readonly signal: AbortSignal;
  /** Aborted only when the asking process has ended; without it that is this process. */
  readonly gone?: AbortSignal;
  /** Has `target` told in place of the signal, where only its own withdrawal ends the question. */
  tell?(target: { aborted(left: { readonly reason: unknown }): void }): boolean;
}

/** What answers questions in its home. */
export interface Core {
  /** The methods that other processes may ask; all others are for this one. */
  readonly questions: ReadonlySet<string>;
  /** Returns a snapshot of its counters. */
  statistics(): object;
  /** A process that may have used it has ended. */
  processEnded?(path: string): void;
  /**
   * A process has it now; `null` for its home. `ticket` is that of the journey that ended there; `null` if none did, and it
   * is only known there.
   */
  heldIn?(path: string | null, ticket: string | null): void;
  /** A process that has it has posted something. */
  posted?(from: string, what: string, content: readonly unknown[]): void;
  /** A process has no stand-in of it any more. */
  letGoBy?(path: string): void;
  /** No other process has it any more. */
  dropped?(): void;
}

/** What an object on its way to another process is known by there. */
export interface Passage {
  /** The object's number and its secret: who knows them was given the object. */
  readonly id: string;
  /** Good for one arrival. */
  readonly ticket: string;
}

/** What is known of an object that somebody asks for. */
export type Standing =
  /** The process has it. */
  | "held"
  /** It is here, but the process does not have it: it has let go of it, or does not know that it has it. */
  | "known"
  /** It was here once. */
  | "gone"
  /** There never was one of this name. */
  | "forged";

/** An object that is served here. */
interface Served {
  readonly core: Core;
  readonly id: string;
  /** The tickets of journeys that have not arrived yet. */
  readonly underway: Set<string>;
  /** Processes that have a stand-in of it. */
  readonly holders: Set<string>;
}

/**
 * The objects of which this process is the home, for as long as somebody elsewhere may ask them.
 *
 * An object is asked for by its id, which nobody can guess: whoever knows it was given the object, by this process
 * or by one that was. Each journey has a ticket of its own, so that nobody can end the journey of another.
 */
export class ServedObjects {
  readonly #served = new Map<number, Served>();
  /** The ids of what was ever served: an object keeps its own. */
  readonly #ids = new WeakMap<Core, string>();
  #last = 0;

  /** The object sets out for another process. */
  setOut(core: Core): Passage {
    let id = this.#ids.get(core);
    if (id === undefined) {
      id = `${++this.#last}-${crypto.randomUUID()}`;
      this.#ids.set(core, id);
    }
    const number = numberOf(id);
    let served = this.#served.get(number);
    if (served === undefined) {
      served = { core, id, underway: new Set(), holders: new Set() };
      this.#served.set(number, served);
    }
    const ticket = newTicket();
    served.underway.add(ticket);
    return { id, ticket };
  }

  /** The message that was to carry the object could not be sent. */
  stays({ id, ticket }: Passage): void {
    const served = this.#find(id);
    if (served === undefined) return;
    served.underway.delete(ticket);
    served.core.heldIn?.(null, ticket);
    this.#letGoIfFree(served);
  }

  /** How an object stands to a process that names it. */
  standing(id: unknown, path: string): Standing {
    const served = this.#find(id);
    if (served !== undefined) return served.holders.has(path) ? "held" : "known";
    const number = typeof id === "string" ? numberOf(id) : NaN;
    return number <= this.#last && number > 0 && !this.#served.has(number) ? "gone" : "forged";
  }

  /** The object of that id. */
  core(id: string): Core {
    const served = this.#find(id);
    if (served === undefined) {
      throw new EOFError("The object is gone from the process that made it");
    }
    return served.core;
  }

  /** The id of an object that has set out before. */
  idOf(core: Core): string {
    return this.#ids.get(core) as string;
  }

  /** A process that has a stand-in has posted something to the object. */
  posted(id: string, from: string, what: string, content: readonly unknown[]): void {
    this.core(id).posted?.(from, what, content);
  }

  /** A process that only has a stand-in has sent it on. */
  lent(id: string, ticket: string): void {
    this.#find(id)?.underway.add(ticket);
  }

  /**
   * The object has come home.
   *
   * @throws {TransferError} if no object of this id was ever served here.
   * @throws {EOFError} if it is gone.
   */
  arrivedHome({ id, ticket }: Passage): Core {
    if (this.standing(id, "") === "forged") {
      throw new TransferError("Cannot read a shared object: this process never gave it away");
    }
    const core = this.core(id);
    const served = this.#find(id) as Served;
    core.heldIn?.(null, served.underway.delete(ticket) ? ticket : null);
    return core;
  }

  /** The object has arrived in a process, which has a stand-in of it now. */
  arrived(id: string, path: string, ticket: string): void {
    const served = this.#find(id);
    if (served === undefined) return;
    served.holders.add(path);
    served.core.heldIn?.(path, served.underway.delete(ticket) ? ticket : null);
  }

  /** A process has no stand-in of it any more. */
  letGo(id: string, path: string): void {
    const served = this.#find(id);
    if (served === undefined) return;
    if (served.holders.delete(path)) served.core.letGoBy?.(path);
    this.#letGoIfFree(served);
  }

  /** A process has ended, and all below it. */
  processEnded(path: string): void {
    for (const { id, core, holders } of this.#served.values()) {
      core.processEnded?.(path);
      for (const holder of holders) if (isWithin(holder, path)) this.letGo(id, holder);
    }
  }

  #find(id: unknown): Served | undefined {
    if (typeof id !== "string") return undefined;
    const served = this.#served.get(numberOf(id));
    return served?.id === id ? served : undefined;
  }

  #letGoIfFree({ id, core, underway, holders }: Served): void {
    if (underway.size > 0 || holders.size > 0) return;
    this.#served.delete(numberOf(id));
    core.dropped?.();
  }
}

/** A ticket for one journey. */
export function newTicket(): string {
  return crypto.randomUUID();
}

/** No questions: for what is only posted to. */
export const NO_QUESTIONS: ReadonlySet<string> = new Set();

/** The number in an id; `NaN` if it is none. */
function numberOf(id: string): number {
  return Number.parseInt(id, 10);
}

/** Whether `path` is written as the paths of processes are. */
export function isPath(path: unknown): path is string {
  return typeof path === "string" && path.length < 256 && /^[0-9a-z]+(\.[0-9]+)*$/.test(path);
}

/** Whether a process is the one at `path` or stands below it. */
export function isWithin(process: string, path: string): boolean {
  return process === path || isBelow(process, path);
}

/** Whether a process stands below the one at `path`. Asked for each message: it makes no string. */
export function isBelow(process: string, path: string): boolean {
  return process[path.length] === "." && process.startsWith(path);
}
