/** Numbers in a file, for processes that share no memory: what one has written is read by all, also when it was killed right after. */
import type { SharedArray } from "../../src/multiprocessing/mod.ts";

/** What counts what processes do. */
export type Cells =
  & Pick<SharedArray, "get" | "set" | "add" | "length">
  & Iterable<number>;

/** By which a process that is told of cells finds them. */
export type CellsAddress = SharedArray | string;

/** The cells at an address. */
export function cellsAt(address: CellsAddress): Cells {
  return typeof address === "string" ? FileCells.at(address) : address;
}

/** Bytes of a number. */
const SIZE = 4;

/** See the head of this file. A cell is written by one process at a time. */
export class FileCells implements Cells, Disposable {
  readonly path: string;
  readonly length: number;
  readonly #file: Deno.FsFile;
  readonly #number = new Int32Array(1);
  readonly #bytes = new Uint8Array(this.#number.buffer);

  private constructor(path: string) {
    this.path = path;
    this.#file = Deno.openSync(path, { read: true, write: true });
    this.length = this.#file.statSync().size / SIZE;
  }

  /** Makes cells that are 0. */
  static create(length: number): FileCells {
    const path = Deno.makeTempFileSync({ prefix: "cells" });
    Deno.truncateSync(path, length * SIZE);
    return new FileCells(path);
  }

  /** Those in a file. */
  static at(path: string): FileCells {
    return new FileCells(path);
  }

  get(index: number): number {
    this.#file.seekSync(index * SIZE, Deno.SeekMode.Start);
    if (this.#file.readSync(this.#bytes) !== SIZE) throw new RangeError(`No cell ${index}`);
    return this.#number[0]!;
  }

  set(index: number, value: number): void {
    this.#number[0] = value;
    this.#file.seekSync(index * SIZE, Deno.SeekMode.Start);
    this.#file.writeSync(this.#bytes);
  }

  add(index: number, by: number): number {
    const before = this.get(index);
    this.set(index, before + by);
    return before;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** Removes the file. */
  unlink(): void {
    Deno.removeSync(this.path);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
