import { WaitList, WaitNode } from "../core/mod.ts";
import { Wait, type WaitBound } from "./wait.ts";

/** A place in a {@link WaitLine}: who waits, and what it has brought along. */
class Place<T, P> extends WaitNode<Place<T, P>> {
  constructor(readonly wait: Wait<T>, readonly brought: P) {
    super();
  }
}

/** Who waits for one thing, in the order of coming; each can leave at once. */
export class WaitLine<T, P = undefined> {
  readonly #list = new WaitList<Place<T, P>>();

  /** How many wait. */
  get size(): number {
    return this.#list.size;
  }

  /** What the first has brought along; `undefined` when nobody waits. */
  get first(): P | undefined {
    return this.#list.first?.brought;
  }

  /**
   * Begins to wait at the end of the line.
   *
   * @param timedOut what the wait gives, or throws, when its time is over; without it there is no such time.
   * @param givenBack called when what it was given is not taken, because the waiter was killed in between.
   * @param brought what the one who serves it is shown.
   */
  join(
    bound: WaitBound,
    timedOut?: () => T,
    givenBack?: (value: T) => void,
    brought?: P,
  ): Wait<T> {
    let place = null as Place<T, P> | null;
    const left = (): void => {
      if (place !== null) this.#list.remove(place);
    };
    const wait = new Wait<T>({ timedOut, givenBack, left }, bound);
    // An aborted signal has ended it already.
    if (wait.done()) return wait;
    place = new Place(wait, brought as P);
    this.#list.push(place);
    return wait;
  }

  /** Takes the first out and lets `serve` say what it gets; `false` when nobody waits. */
  next(serve: (brought: P) => T): boolean {
    const place = this.#list.shift();
    if (place === null) return false;
    place.wait.grant(serve(place.brought));
    return true;
  }

  /** Serves the first; `false` when nobody waits. */
  serve(value: T): boolean {
    return this.next(() => value);
  }

  /** Serves all. */
  serveAll(value: T): void {
    while (this.serve(value));
  }

  /** Ends all waits with an error. */
  fail(error: unknown): void {
    for (let place = this.#list.shift(); place !== null; place = this.#list.shift()) {
      place.wait.giveUp(error);
    }
  }
}
