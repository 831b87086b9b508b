/** What the benches of threads are held against: the same on bare shared memory, with nothing around it. */

/** A mutex of three states on one word. Source: Ulrich Drepper, "Futexes Are Tricky". */
export class BareMutex {
  readonly #cell: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#cell = new Int32Array(buffer);
  }

  lock(): void {
    if (Atomics.compareExchange(this.#cell, 0, 0, 1) === 0) return;
    for (let i = 0; i < 100; i++) {
      if (Atomics.compareExchange(this.#cell, 0, 0, 1) === 0) return;
    }
    while (Atomics.exchange(this.#cell, 0, 2) !== 0) Atomics.wait(this.#cell, 0, 2);
  }

  unlock(): void {
    if (Atomics.exchange(this.#cell, 0, 0) === 2) Atomics.notify(this.#cell, 0, 1);
  }
}

/** A ring of integers for one thread on each side. */
export class BareRing {
  static readonly SIZE: number = 4096;
  readonly #cells: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#cells = new Int32Array(buffer);
  }

  static buffer(): SharedArrayBuffer {
    return new SharedArrayBuffer((BareRing.SIZE + 32) * 4);
  }

  put(value: number): void {
    const cells = this.#cells;
    const tail = cells[0]!;
    while (tail - Atomics.load(cells, 16) >= BareRing.SIZE) {
      Atomics.wait(cells, 16, tail - BareRing.SIZE, 1);
    }
    cells[32 + (tail & (BareRing.SIZE - 1))] = value;
    Atomics.store(cells, 0, tail + 1);
    if ((tail & 255) === 0) Atomics.notify(cells, 0);
  }

  get(): number {
    const cells = this.#cells;
    const head = cells[16]!;
    while (Atomics.load(cells, 0) === head) Atomics.wait(cells, 0, head, 1);
    const value = cells[32 + (head & (BareRing.SIZE - 1))]!;
    Atomics.store(cells, 16, head + 1);
    if ((head & 255) === 0) Atomics.notify(cells, 16);
    return value;
  }
}
