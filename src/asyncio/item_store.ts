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
}
