/**
 * A list of waiters of one thread, in the order of coming, from which each can leave at once.
 *
 * It carries every primitive that lives in one event loop. The list knows nothing of promises or tasks:
 * a primitive keeps its waiters here and says who is served; how a waiter is woken is the waiter's affair.
 */

/** One place in a {@link WaitList}. */
export class WaitNode<N extends WaitNode<N>> {
  /** The list that it stands in; `null` when in none. */
  list: WaitList<N> | null = null;
  /** Who stands before it. */
  before: N | null = null;
  /** Who stands after it. */
  after: N | null = null;
}

/** First in, first out; leaving from the middle costs no more than leaving from the front. */
export class WaitList<N extends WaitNode<N>> {
  #first: N | null = null;
  #last: N | null = null;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** The one to be served next, left in place. */
  get first(): N | null {
    return this.#first;
  }

  /** Puts `node` at the end. */
  push(node: N): void {
    node.list = this;
    node.before = this.#last;
    if (this.#last === null) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#size++;
  }

  /** Puts `node` before the first. */
  unshift(node: N): void {
    node.list = this;
    node.after = this.#first;
    if (this.#first === null) this.#last = node;
    else this.#first.before = node;
    this.#first = node;
    this.#size++;
  }

  /** Takes the first out; `null` when nobody waits. */
  shift(): N | null {
    const node = this.#first;
    if (node !== null) this.remove(node);
    return node;
  }

  /** Takes `node` out of its place. Returns whether it stood here. */
  remove(node: N): boolean {
    if (node.list !== this) return false;
    if (node.before === null) this.#first = node.after;
    else node.before.after = node.after;
    if (node.after === null) this.#last = node.before;
    else node.after.before = node.before;
    node.list = node.before = node.after = null;
    this.#size--;
    return true;
  }

  /** From the first to the last. */
  *[Symbol.iterator](): IterableIterator<N> {
    for (let node = this.#first; node !== null;) {
      const next = node.after as N | null;
      yield node;
      node = next;
    }
  }
}
