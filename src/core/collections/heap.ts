import { InvalidStateError } from "../errors.ts";

/**
 * A binary heap: the smallest item first, by an order given; among equals no order is promised.
 *
 * The order may be a caller's own function, which can throw and can use the heap again. So each change first
 * looks for the place, calling the order and writing nothing, and then writes without calling anything: an
 * order that throws leaves the heap as it was.
 */
export class Heap<T> {
  #items: T[] = [];
  #changes = 0;
  readonly #before: (a: T, b: T) => boolean;

  /** @param before whether `a` comes before `b`. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  /** How many items it holds. */
  get size(): number {
    return this.#items.length;
  }

  /** The smallest, left in place; `undefined` when empty. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /**
   * Adds an item.
   *
   * @throws what the order throws; then the item is not in.
   */
  push(item: T): void {
    const items = this.#items;
    const changes = this.#changes;
    let place = items.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(item, items[parent]!)) break;
      place = parent;
    }
    this.#checkStill(changes);
    let at = items.length;
    items.push(item);
    while (at !== place) {
      const parent = (at - 1) >> 1;
      items[at] = items[parent]!;
      at = parent;
    }
    items[place] = item;
  }

  /**
   * Takes the smallest; `undefined` when empty.
   *
   * @throws what the order throws; then nothing is taken.
   */
  pop(): T | undefined {
    const items = this.#items;
    const size = items.length - 1;
    if (size <= 0) {
      this.#changes++;
      return items.pop();
    }
    const last = items[size]!;
    const changes = this.#changes;
    // Where the last item sinks to from the top: the place alone tells the way to it, by its parents.
    let place = 0;
    for (let down = 1; down < size; down = 2 * place + 1) {
      if (down + 1 < size && this.#before(items[down + 1]!, items[down]!)) down++;
      if (!this.#before(items[down]!, last)) break;
      place = down;
    }
    this.#checkStill(changes);
    const smallest = items[0];
    items.pop();
    let rising = last;
    while (place > 0) {
      const here = items[place]!;
      items[place] = rising;
      rising = here;
      place = (place - 1) >> 1;
    }
    items[0] = rising;
    return smallest;
  }

  /** Keeps only the items that pass `keep`. */
  retain(keep: (item: T) => boolean): void {
    const kept = new Heap(this.#before);
    for (const item of this.#items.filter(keep)) kept.push(item);
    this.#changes++;
    this.#items = kept.#items;
  }

  /** Takes out everything. */
  clear(): void {
    this.#changes++;
    this.#items.length = 0;
  }

  /** All items, in no order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }

  /** Notes a change, and refuses it if the order has made one meanwhile: the place that was found is void. */
  #checkStill(changes: number): void {
    if (this.#changes !== changes) {
      throw new InvalidStateError(
        "Cannot order items: the order changes what it orders; compare without putting or getting",
      );
    }
    this.#changes++;
  }
}
