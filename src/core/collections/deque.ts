/** A double-ended queue on a ring of slots: both ends in constant time. */
export class Deque<T> implements Iterable<T> {
  #slots: (T | undefined)[] = new Array(8);
  #head = 0;
  #size = 0;

  /** How many items it holds. */
  get size(): number {
    return this.#size;
  }

  /** Adds at the end. */
  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item;
    this.#size++;
  }

  /** Adds at the front. */
  unshift(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#slots.length - 1);
    this.#slots[this.#head] = item;
    this.#size++;
  }

  /** Takes from the front; `undefined` when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    return item;
  }

  /** Takes from the end; `undefined` when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined;
    this.#size--;
    const at = (this.#head + this.#size) & (this.#slots.length - 1);
    const item = this.#slots[at];
    this.#slots[at] = undefined;
    return item;
  }

  /** The item at the front, left in place. */
  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head];
  }

  /** Takes out the first item that is `item`; linear. Returns whether it was there. */
  remove(item: T): boolean {
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#size; i++) {
      if (this.#slots[(this.#head + i) & mask] !== item) continue;
      for (let k = i; k < this.#size - 1; k++) {
        this.#slots[(this.#head + k) & mask] = this.#slots[(this.#head + k + 1) & mask];
      }
      this.pop();
      return true;
    }
    return false;
  }

  /** Takes out everything. */
  clear(): void {
    this.#slots = new Array(8);
    this.#head = 0;
    this.#size = 0;
  }

  /** From front to end. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#size; i++) {
      yield this.#slots[(this.#head + i) & (this.#slots.length - 1)] as T;
    }
  }

  /** Slots are a power of two, so that the ring wraps with a mask. */
  #grow(): void {
    const old = this.#slots;
    const next = new Array<T | undefined>(old.length * 2);
    for (let i = 0; i < this.#size; i++) next[i] = old[(this.#head + i) & (old.length - 1)];
    this.#slots = next;
    this.#head = 0;
  }
}
