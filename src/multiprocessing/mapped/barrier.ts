/** A barrier in the family's memory: that of `shared/sync/barrier.ts`, and the timeout of its waits behind its words. */
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import { BARRIER_SIZE as STATE_SIZE, BarrierState } from "../../shared/sync/barrier.ts";
import type { Caller } from "../objects/served_objects.ts";
import type { BarrierStatistics } from "../sync/barrier.ts";
import type { Block } from "./block.ts";
import { type MappedCore, waitFor } from "./mapped_core.ts";

const TIMEOUT = STATE_SIZE;
/** How many words it takes. */
export const BARRIER_SIZE: number = STATE_SIZE + 1;

/** The timeout of a barrier without one: more would not fit into a word. */
const NEVER = 2 ** 31 - 1;

/** The barrier of one block. */
export class MappedBarrier {
  readonly block: Block;
  readonly #state: BarrierState;

  constructor(block: Block) {
    this.block = block;
    this.#state = new BarrierState(block.memory, block.at);
  }

  /** Fills in a fresh block. */
  static init({ memory, at }: Block, parties: number, timeout = NEVER): void {
    BarrierState.init(memory, at, parties);
    memory.store(at + TIMEOUT, Math.max(0, Math.min(Math.ceil(timeout), NEVER)));
  }

  /** The longest wait of a party that gives none itself, in milliseconds; `null`: no bound. */
  get timeout(): number | null {
    const timeout = this.block.memory.load(this.block.at + TIMEOUT);
    return timeout === NEVER ? null : timeout;
  }

  /** Waits until all parties have come; returns the party's number. */
  passing(what: string, bounds: Bounds): Waiting<number> {
    this.block.check();
    return this.#state.passing(what, bounds, nothing);
  }

  reset(): void {
    this.block.check();
    this.#state.reset();
  }

  abort(): void {
    this.block.check();
    this.#state.abort();
  }

  /** How many have come in this round. */
  get arrived(): number {
    this.block.check();
    return this.#state.arrived;
  }

  statistics(): BarrierStatistics {
    this.block.check();
    const { parties, arrived, isBroken } = this.#state;
    return { parties, waiting: arrived, broken: isBroken };
  }
}

function nothing(): void {
  // A barrier with an action is served: its action can run in its home only.
}

/** What other processes may ask a barrier, mapped or served. */
export const BARRIER_QUESTIONS: ReadonlySet<string> = new Set([
  "wait",
  "reset",
  "abort",
  "parties",
  "nWaiting",
  "broken",
  "statistics",
]);

/** The barrier in its home, for those that do not reach the family's memory. */
export class MappedBarrierCore implements MappedCore {
  readonly questions: ReadonlySet<string> = BARRIER_QUESTIONS;
  readonly block: Block;
  readonly #barrier: MappedBarrier;

  constructor(block: Block, parties: number, timeout: number | undefined) {
    this.block = block;
    MappedBarrier.init(block, parties, timeout);
    this.#barrier = new MappedBarrier(block);
    block.belongTo(this);
  }

  wait(caller: Caller, timeout: number | null): Promise<number> {
    const barrier = this.#barrier;
    return waitFor(
      this,
      caller,
      timeout ?? barrier.timeout,
      (bounds) => barrier.passing("Barrier.wait()", bounds),
    );
  }

  reset(): void {
    this.#barrier.reset();
  }

  abort(): void {
    this.#barrier.abort();
  }

  parties(): number {
    return this.#barrier.statistics().parties;
  }

  nWaiting(): number {
    return this.#barrier.arrived;
  }

  broken(): boolean {
    return this.#barrier.statistics().broken;
  }

  statistics(): BarrierStatistics {
    return this.#barrier.statistics();
  }
}
