/** A flag in the family's memory: that of `shared/sync/event.ts`, on one word. */
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import { clear, isSet, set, untilSet } from "../../shared/sync/event.ts";
import type { Caller } from "../objects/served_objects.ts";
import type { EventStatistics } from "../sync/event.ts";
import type { Block } from "./block.ts";
import { type MappedCore, waitFor } from "./mapped_core.ts";

/** How many words it takes. */
export const EVENT_SIZE = 1;

/** The flag of one block. */
export class MappedEvent {
  readonly block: Block;

  constructor(block: Block) {
    this.block = block;
  }

  get isSet(): boolean {
    this.block.check();
    return isSet(this.block.memory, this.block.at);
  }

  set(): void {
    this.block.check();
    set(this.block.memory, this.block.at);
  }

  clear(): void {
    this.block.check();
    clear(this.block.memory, this.block.at);
  }

  /** Waits until it is set; `false` when the deadline passed. */
  untilSet(what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    this.block.check();
    return untilSet(this.block.memory, this.block.at, what, bounds, blocking);
  }

  statistics(): EventStatistics {
    return { isSet: this.isSet, waiting: this.block.memory.parkedAt(this.block.at) };
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["isSet", "set", "clear", "wait", "statistics"]);

/** The event in its home, for those that do not reach the family's memory. */
export class MappedEventCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly #event: MappedEvent;

  constructor(block: Block) {
    this.block = block;
    this.#event = new MappedEvent(block);
    block.belongTo(this);
  }

  isSet(): boolean {
    return this.#event.isSet;
  }

  set(): void {
    this.#event.set();
  }

  clear(): void {
    this.#event.clear();
  }

  wait(caller: Caller, timeout: number | null): Promise<boolean> {
    return waitFor(
      this,
      caller,
      timeout,
      (bounds) => this.#event.untilSet("Event.wait()", bounds, false),
    );
  }

  statistics(): EventStatistics {
    return this.#event.statistics();
  }
}
