import { Deque, Heap } from "../core/mod.ts";

/** How a queue keeps its items. */
export interface Store<T> {
  /** How many. */
  readonly size: number;
  /** Adds one. */
  push(item: T): void;
  /** Takes the one that is next. */
  take(): T | undefined;
  /** The one that is next, left in place. */
  peek(): T | undefined;
  /** Puts one that was taken back to where it was. */
  putBack(item: T): void;
  /** All, in the order of adding them anew. */
  items(): Iterable<T>;
}

/** First in, first out. */
export function fifo<T>(): Store<T> {
  const deque = new Deque<T>();
  return {
    get size() {
      return deque.size;
    },
    push: (item) => deque.push(item),
    take: () => deque.shift(),
    peek: () => deque.peek(),
    putBack: (item) => deque.unshift(item),
    items: () => deque,
  };
}

/** Last in, first out. */
export function lifo<T>(): Store<T> {
  const stack: T[] = [];
  return {
    get size() {
      return stack.length;
    },
    push: (item) => void stack.push(item),
    take: () => stack.pop(),
    peek: () => stack.at(-1),
    putBack: (item) => void stack.push(item),
    items: () => stack,
  };
}

/** The smallest first; of equal ones the one that came first. */
export function smallestFirst<T>(compare: (a: T, b: T) => number): Store<T> {
  type Entry = { readonly item: T; readonly order: number };
  const heap = new Heap<Entry>((a, b) => {
    const difference = compare(a.item, b.item);
    return difference < 0 || (difference === 0 && a.order < b.order);
  });
  const all = new Map<number, T>();
  let made = 0;
  const push = (item: T): void => {
    all.set(made, item);
    heap.push({ item, order: made++ });
  };
  return {
    get size() {
      return heap.size;
    },
    push,
    take: () => {
      const entry = heap.pop();
      if (entry !== undefined) all.delete(entry.order);
      return entry?.item;
    },
    peek: () => heap.peek()?.item,
    putBack: push,
    items: () => all.values(),
  };
}
