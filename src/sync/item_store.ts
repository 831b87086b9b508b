import { Deque } from "../core/collections/deque.ts";
import { Heap } from "../core/collections/heap.ts";

/** What keeps a queue's items, and says which comes next. */
export interface ItemStore<T> {
  /** How many there are. */
  readonly size: number;
  /** Adds one. */
  push(item: T): void;
  /** Takes the next; only called when there is one. */
  shift(): T | undefined;
  /** Puts one back that was taken as the next. */
  unshift(item: T): void;
  /** Takes out all. */
  clear(): void;
  /** Returns the next, left in place; for queues that are looked into. */
  peek?(): T | undefined;
  /** All, in the order of adding them anew; for queues that are copied. */
  items?(): Iterable<T>;
}

/** First in, first out. */
export class FifoStore<T> extends Deque<T> implements ItemStore<T> {
  /** All, in the order of adding them anew. */
  items(): Iterable<T> {
    return this;
  }
}

/** Last in, first out. */
export class LifoStore<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    return this.#items.pop();
  }

  unshift(item: T): void {
    this.#items.push(item);
  }

  clear(): void {
    this.#items.length = 0;
  }

  peek(): T | undefined {
    return this.#items.at(-1);
  }

  items(): Iterable<T> {
    return this.#items;
  }
}

/** Which of two comes first: below 0 the first, above 0 the second, 0 when it does not matter. */
export type Compare<T> = (a: T, b: T) => number;

interface Ranked<T> {
  readonly item: T;
  readonly order: number;
}

/**
 * The smallest first; of equal ones the one that came first, and before all one that was put back.
 *
 * An order that throws has changed nothing: what was to be pushed is not in, what was to be taken is in.
 */
export class RankedStore<T> implements ItemStore<T> {
  readonly #heap: Heap<Ranked<T>>;
  #pushed = 0;

  /** Makes an empty one, in the order of `compare`. */
  constructor(compare: Compare<T>) {
    this.#heap = new Heap((a, b) => {
      const order = compare(a.item, b.item);
      return order < 0 || (order === 0 && a.order < b.order);
    });
  }

  get size(): number {
    return this.#heap.size;
  }

  push(item: T): void {
    this.#heap.push({ item, order: ++this.#pushed });
  }

  shift(): T | undefined {
    return this.#heap.pop()?.item;
  }

  unshift(item: T): void {
    this.#heap.push({ item, order: -(++this.#pushed) });
  }

  clear(): void {
    this.#heap.clear();
  }

  peek(): T | undefined {
    return this.#heap.peek()?.item;
  }

  items(): Iterable<T> {
    return [...this.#heap].sort((a, b) => a.order - b.order).map(({ item }) => item);
  }
}
