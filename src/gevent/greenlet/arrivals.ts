import { show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { Greenlet } from "./greenlet.ts";
import { Wait } from "./wait.ts";
import { WaitLine } from "../sync/wait_line.ts";

/** Something that can be waited for together with others: greenlets, events, results, semaphores. */
export interface Waitable {
  /** Has `link` called as soon as it is ready; soon if it is. */
  rawlink(link: () => void): void;
  /** Takes that back. */
  unlink(link: () => void): void;
}

/** How {@linkcode iwait} waits. */
export interface IwaitOptions extends WaitOptions {
  /** After how many of them it ends; default: all. */
  readonly count?: number;
}

/** What has become ready; in an object of its own, since a greenlet must not be taken for a promise. */
export interface Arrival<W> {
  /** The thing itself. */
  readonly object: W;
}

/** The order in which several things become ready. */
export class Arrivals<W extends Waitable> {
  readonly #links = new Map<W, (greenlet: Greenlet<unknown>) => void>();
  readonly #waiting = new Deque<W>();
  readonly #line = new WaitLine<Arrival<W> | null>();
  readonly #end: Wait<null> | null;
  #left: number;
  #over = false;

  /** Begins to watch them. */
  constructor(objects: Iterable<W>, { count, ...bounds }: IwaitOptions = {}) {
    if (count !== undefined && !(count >= 0)) {
      throw new RangeError(`Cannot wait for ${show(count)} of them: give 0 or more`);
    }
    for (const object of objects) {
      if (this.#links.has(object)) continue;
      // A greenlet tells which one it is, so that one link serves them all.
      const link = object instanceof Greenlet ? this.#arrived : () => this.#arrive(object);
      this.#links.set(object, link);
      object.rawlink(link as () => void);
    }
    this.#left = Math.min(count ?? Infinity, this.#links.size);
    this.#end = this.#bound(bounds);
  }

  /** Takes the next that has become ready already, if there is one. */
  tryNext(): W | undefined {
    const object = this.#left > 0 ? this.#waiting.shift() : undefined;
    if (object !== undefined) this.#left--;
    return object;
  }

  /** Waits for the next; `null` when there is none any more. */
  next(): Wait<Arrival<W> | null> {
    const object = this.tryNext();
    if (object !== undefined) return Wait.given<Arrival<W> | null>({ object });
    if (this.#left === 0 || this.#over) return Wait.given<Arrival<W> | null>(null);
    return this.#line.join(undefined, () => null);
  }

  /** Stops waiting. */
  close(): void {
    this.#over = true;
    for (const [object, link] of this.#links) object.unlink(link as () => void);
    this.#links.clear();
    this.#end?.grant(null);
    this.#line.serveAll(null);
  }

  readonly #arrived = (greenlet: Greenlet<unknown>): void => this.#arrive(greenlet as unknown as W);

  #arrive(object: W): void {
    if (!this.#links.delete(object)) return;
    if (this.#left > 0 && this.#line.serve({ object })) this.#left--;
    else this.#waiting.push(object);
  }

  /** One wait of its own carries the bounds of all. */
  #bound(bounds: WaitOptions): Wait<null> | null {
    if (bounds.timeout === undefined && bounds.signal === undefined) return null;
    const end = new Wait<null>({ timedOut: () => null }, bounds);
    end.addDoneCallback(() => {
      const error = end.cancelled() ? null : end.exception();
      if (error !== null) this.#line.fail(error);
      this.#over = true;
      this.#line.serveAll(null);
    });
    return end;
  }
}
