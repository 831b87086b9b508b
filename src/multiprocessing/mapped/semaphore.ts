/** Permits in the family's memory: those of `shared/sync/semaphore.ts`. */
import { checkCount } from "../../core/check.ts";
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import {
  givePermits,
  initSemaphore,
  takePermit,
  tryTakePermit,
  VALUE,
} from "../../shared/sync/semaphore.ts";
import type { Caller } from "../objects/served_objects.ts";
import type { SemaphoreStatistics } from "../sync/semaphore.ts";
import type { Block } from "./block.ts";
import type { MappedAcquirable } from "./lock.ts";
import { acquireFor, type MappedCore } from "./mapped_core.ts";

export { SEMAPHORE_SIZE } from "../../shared/sync/semaphore.ts";

/** The semaphore of one block. */
export class MappedSemaphore implements MappedAcquirable {
  readonly block: Block;

  constructor(block: Block) {
    this.block = block;
  }

  /** Fills in a fresh block. */
  static init({ memory, at }: Block, value: number, isBounded: boolean): void {
    initSemaphore(memory, at, value, false, isBounded);
  }

  get isAwaitedHere(): boolean {
    return this.block.memory.isAwaitedHere(this.block.at + VALUE);
  }

  tryAcquire(): boolean {
    this.block.check();
    return tryTakePermit(this.block.memory, this.block.at);
  }

  *acquiring(_owner: string, what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    if (this.tryAcquire()) return true;
    return yield* takePermit(this.block.memory, this.block.at, what, bounds, blocking);
  }

  release(count = 1): void {
    this.block.check();
    givePermits(this.block.memory, this.block.at, count);
  }

  get value(): number {
    this.block.check();
    return this.block.memory.load(this.block.at + VALUE);
  }

  statistics(): SemaphoreStatistics {
    const { value } = this;
    return { value, waiting: this.block.memory.parkedAt(this.block.at + VALUE) };
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["acquire", "release", "value", "statistics"]);

/** The semaphore in its home, for those that do not reach the family's memory. */
export class MappedSemaphoreCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly #semaphore: MappedSemaphore;

  constructor(block: Block, value: number, isBounded: boolean) {
    this.block = block;
    MappedSemaphore.init(block, value, isBounded);
    this.#semaphore = new MappedSemaphore(block);
    block.belongTo(this);
  }

  acquire(caller: Caller, timeout: number | null): Promise<boolean> {
    return acquireFor(this, caller, timeout, this.#semaphore, "Semaphore.acquire()");
  }

  release(_caller: Caller, count: number): void {
    checkCount(count, "count");
    this.#semaphore.release(count);
  }

  value(): number {
    return this.#semaphore.value;
  }

  statistics(): SemaphoreStatistics {
    return this.#semaphore.statistics();
  }
}
