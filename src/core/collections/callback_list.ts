/** So many entries, and a removal finds its entry by walking over them; of more it looks the place up. */
const WALKED = 16;

/**
 * What is to be called at an end, in the order of adding; the same may stand here several times.
 *
 * Taking one back costs no walk over the others, so that thousands can leave one after the other.
 */
export class CallbackList<E> {
  readonly #keyOf: (entry: E) => unknown;
  #entries: (E | null)[] = [];
  #left = 0;
  /** Where the entries of each key stand; made by the first removal from a long list. */
  #places: Map<unknown, number[]> | null = null;

  /** @param keyOf what an entry is taken back by. */
  constructor(keyOf: (entry: E) => unknown) {
    this.#keyOf = keyOf;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#left;
  }

  /** Adds one at the end. */
  push(entry: E): void {
    if (this.#places !== null) this.#note(this.#places, entry, this.#entries.length);
    this.#entries.push(entry);
    this.#left++;
  }

  /** Takes out each entry of `key`, and returns how many there were. */
  remove(key: unknown): number {
    const before = this.#left;
    if (this.#places === null && this.#entries.length <= WALKED) {
      this.#keep((entry) => this.#keyOf(entry) !== key);
      return before - this.#left;
    }
    const places = this.#places ??= this.#index();
    for (const place of places.get(key) ?? []) {
      this.#entries[place] = null;
      this.#left--;
    }
    places.delete(key);
    if (this.#left < this.#entries.length / 2) this.#keep(() => true);
    return before - this.#left;
  }

  /** Takes out those that `picks` picks, and returns them. */
  take(picks: (entry: E) => boolean): E[] {
    const taken: E[] = [];
    this.forEach((entry) => picks(entry) && taken.push(entry));
    if (taken.length > 0) this.#keep((entry) => !picks(entry));
    return taken;
  }

  /** Calls `fn` with each, from the first to the last; one that is removed meanwhile is passed over. */
  forEach(fn: (entry: E) => void): void {
    const entries = this.#entries;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      if (entry !== null) fn(entry);
    }
  }

  #keep(wanted: (entry: E) => boolean): void {
    this.#entries = this.#entries.filter((entry) => entry !== null && wanted(entry));
    this.#left = this.#entries.length;
    this.#places = null;
  }

  #index(): Map<unknown, number[]> {
    const places = new Map<unknown, number[]>();
    this.#entries.forEach((entry, place) => {
      if (entry !== null) this.#note(places, entry, place);
    });
    return places;
  }

  #note(places: Map<unknown, number[]>, entry: E, place: number): void {
    const key = this.#keyOf(entry);
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else known.push(place);
  }
}
