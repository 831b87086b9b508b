/**
 * A number in the family's memory.
 *
 *     words   what stands there
 *     0, 1    the number; a 32-bit one in the first
 *     2       its type, by its place in the list of types
 */
import { element } from "../../shared/memory/words.ts";
import { fit, type ValueStatistics, type ValueType } from "../managers/value_type.ts";
import type { Caller } from "../objects/served_objects.ts";
import type { Lock } from "../sync/lock.ts";
import type { Block } from "./block.ts";
import type { MappedCore } from "./mapped_core.ts";

const TYPE = 2;
/** How many words it takes. */
export const VALUE_SIZE = 3;
const TYPES: readonly ValueType[] = ["i32", "i64", "f64"];

/** The bits of a float, and back. */
const floats = new Float64Array(1);
const bits = new BigInt64Array(floats.buffer);

function toBits(value: number): bigint {
  floats[0] = value;
  return bits[0]!;
}

function toFloat(value: bigint): number {
  bits[0] = value;
  return floats[0]!;
}

/** The number of one block. */
export class MappedValue {
  readonly block: Block;
  readonly type: ValueType;
  /** The whole memory, as elements of the number's width, and where in that the number is. */
  readonly #array: Int32Array | BigInt64Array;
  readonly #at: number;

  constructor(block: Block) {
    const { memory, at } = block;
    const { words, bigints } = memory.family.words;
    this.block = block;
    this.type = TYPES[memory.load(at + TYPE)] ?? "i32";
    this.#array = this.type === "i32" ? words : bigints;
    this.#at = this.type === "i32" ? at : at / 2;
  }

  /** Fills in a fresh block. */
  static init(block: Block, initial: number | bigint, type: ValueType): MappedValue {
    block.memory.store(block.at + TYPE, TYPES.indexOf(type));
    const value = new MappedValue(block);
    value.set(initial);
    return value;
  }

  get(): number | bigint {
    this.block.check();
    return this.#read(element.load(this.#array, this.#at));
  }

  set(value: number | bigint): void {
    this.block.check();
    element.store(this.#array, this.#at, this.#written(value));
  }

  add(by: number | bigint): number | bigint {
    this.block.check();
    if (this.type !== "f64") return element.add(this.#array, this.#at, this.#written(by));
    const added = fit(by, "f64") as number;
    for (;;) {
      const before = element.load(this.#array, this.#at) as bigint;
      const after = toBits(toFloat(before) + added);
      if (element.compareExchange(this.#array, this.#at, before, after) === before) {
        return toFloat(before);
      }
    }
  }

  compareExchange(expected: number | bigint, value: number | bigint): number | bigint {
    this.block.check();
    return this.#read(
      element.compareExchange(
        this.#array,
        this.#at,
        this.#written(expected),
        this.#written(value),
      ),
    );
  }

  statistics(): ValueStatistics {
    return { type: this.type, value: this.get() };
  }

  #written(value: number | bigint): number | bigint {
    const fitting = fit(value, this.type);
    return this.type === "f64" ? toBits(fitting as number) : fitting;
  }

  #read(stored: number | bigint): number | bigint {
    return this.type === "f64" ? toFloat(stored as bigint) : stored;
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "get",
  "set",
  "add",
  "compareExchange",
  "getLock",
  "statistics",
]);

/** The value in its home, for those that do not reach the family's memory, and for all that ask for its lock. */
export class MappedValueCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly lock: Lock;
  readonly #value: MappedValue;

  constructor(block: Block, initial: number | bigint, type: ValueType, lock: Lock) {
    this.block = block;
    this.lock = lock;
    this.#value = MappedValue.init(block, initial, type);
    block.belongTo(this);
  }

  get(): number | bigint {
    return this.#value.get();
  }

  set(_caller: Caller, value: number | bigint): void {
    this.#value.set(value);
  }

  add(_caller: Caller, by: number | bigint): number | bigint {
    return this.#value.add(by);
  }

  compareExchange(
    _caller: Caller,
    expected: number | bigint,
    value: number | bigint,
  ): number | bigint {
    return this.#value.compareExchange(expected, value);
  }

  getLock(): Lock {
    return this.lock;
  }

  statistics(): ValueStatistics {
    return this.#value.statistics();
  }
}
