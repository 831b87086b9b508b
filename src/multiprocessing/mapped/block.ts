import { EOFError } from "../../core/errors.ts";
import { Family } from "../family/family.ts";
import type { FamilyMemory } from "../family/family_memory.ts";
import type { Coordinates } from "../process/process_identity.ts";

/** By which a block is found, as it crosses with its object. */
export interface BlockAddress {
  readonly at: number;
  /** What stands at its beginning: an address that was made up, or is that of another kind, shows by it. */
  readonly stamp: readonly [number, number];
  readonly family: Coordinates;
}

/** The words before those of the object: the stamp, and what kind of object it is. */
const STAMP = 0, KIND = 2, HEAD = 4;

/** Gives back the block of an object that nobody refers to any more. */
const collected = new FinalizationRegistry<{ memory: FamilyMemory; at: number }>(
  ({ memory, at }) => memory.family.pages.free(at),
);

/**
 * The words of one shared object in the family's memory.
 *
 * They stand in a page of the process that made the object, its home, and go back when nobody refers to the object there
 * and no other process has it (`objects/served_objects.ts` knows that); or with the home.
 */
export class Block {
  readonly memory: FamilyMemory;
  /** The first word of the object. */
  readonly at: number;
  /** How it crosses. */
  readonly address: BlockAddress;
  /** The participant in whose page it stands. */
  readonly #keeper: number;

  private constructor(memory: FamilyMemory, keeper: number, address: BlockAddress) {
    this.memory = memory;
    this.at = address.at + HEAD;
    this.address = address;
    this.#keeper = keeper;
  }

  /**
   * A block of so many words, all zero, for an object of this kind; `null` where there is no memory of a family, or it is full:
   * then the object is served.
   */
  static make(kind: string, size: number): Block | null {
    const memory = Family.join()?.memory;
    if (memory === undefined) return null;
    const at = memory.family.pages.tryAllocate(HEAD + size);
    if (at === null) return null;
    const stamp = [...crypto.getRandomValues(new Int32Array(2))] as [number, number];
    memory.store(at + STAMP, stamp[0]);
    memory.store(at + STAMP + 1, stamp[1]);
    memory.store(at + KIND, kindNumber(kind));
    return new Block(memory, memory.me, { at, stamp, family: memory.family.coordinates });
  }

  /** The block at an address that came; `null` where this process cannot reach it, or it is none of an object of this kind. */
  static find(address: unknown, kind: string): Block | null {
    if (!isBlockAddress(address)) return null;
    const memory = Family.join(address.family)?.memory;
    if (memory === undefined) return null;
    const { at, stamp } = address;
    if (!memory.family.words.has(at, HEAD)) return null;
    const keeper = memory.family.pages.keeperOf(at);
    const isRight = keeper !== 0 && memory.isRegistered(keeper) &&
      memory.load(at + STAMP) === stamp[0] && memory.load(at + STAMP + 1) === stamp[1] &&
      memory.load(at + KIND) === kindNumber(kind);
    return isRight ? new Block(memory, keeper, address) : null;
  }

  /** The block that begins at `at`, as another block in this memory says; `null` if there is none of this kind any more. */
  static at(memory: FamilyMemory, at: number, kind: string): Block | null {
    if (memory.family.pages.keeperOf(at) === 0) return null;
    const stamp = [memory.load(at + STAMP), memory.load(at + STAMP + 1)] as const;
    return Block.find({ at, stamp, family: memory.family.coordinates }, kind);
  }

  /** Whether this is the block of the same object: another may come to stand at the address later. */
  isSame({ address: { at, stamp } }: Block): boolean {
    const own = this.address;
    return own.at === at && own.stamp[0] === stamp[0] && own.stamp[1] === stamp[1];
  }

  /** Has the block go back when `core`, which is its object in its home, is collected. */
  belongTo(core: object): void {
    collected.register(core, { memory: this.memory, at: this.address.at });
  }

  /**
   * Refuses to touch what is gone; to be called before each use.
   *
   * @throws {EOFError} if the process that made the object has ended.
   */
  check(): void {
    if (this.#keeper === this.memory.me || this.memory.isRegistered(this.#keeper)) return;
    throw new EOFError("Cannot use a shared object: the process that made it is gone");
  }
}

function isBlockAddress(value: unknown): value is BlockAddress {
  const { at, stamp, family } = (value ?? {}) as Partial<BlockAddress>;
  return Number.isInteger(at) && Array.isArray(stamp) && typeof family?.id === "number" &&
    typeof family.pid === "number" && typeof family.fd === "number";
}

/** A kind as a word. */
function kindNumber(kind: string): number {
  let hash = 7;
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash, 31) + kind.charCodeAt(i) | 0;
  return hash;
}
