import { TransferError } from "../../core/errors.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { decode, type EncodedValue, missingModules } from "../codec/codec.ts";
import type { Call } from "./call.ts";
import { ITEMS_AHEAD } from "./protocol.ts";

/**
 * What comes from the far side for one call before its end: items, progress, and classes that have to be loaded.
 *
 * It is made when there is something of that kind. What waits until a class is loaded holds back what comes behind
 * it, so the order stays, and the job's end is the last.
 */
export class Arrivals {
  /** Why its items could not be read, which is how the job ends. */
  broken: unknown = undefined;
  /** How many of its items have come. */
  items = 0;
  /** For how many items there has been room in all. */
  granted: number = ITEMS_AHEAD;
  readonly #call: Call;
  readonly #source: Source;
  readonly #onBroken: () => void;
  #line: Promise<void> | null = null;

  /** `onBroken` is called when no more of its items are wanted. */
  constructor(call: Call, source: Source, onBroken: () => void) {
    this.#call = call;
    this.#source = source;
    this.#onBroken = onBroken;
  }

  /** Whether something waits until a class is loaded. */
  get isLoading(): boolean {
    return this.#line !== null;
  }

  /** Ends when nothing waits any more; `null` when nothing does. */
  get loaded(): Promise<void> | null {
    return this.#line;
  }

  /** Runs `take` behind what came before, and when what `encodedValues` need is loaded. */
  inOrder(encodedValues: readonly EncodedValue[], take: () => void): void {
    const missing = encodedValues.flatMap((encoded) => missingModules(encoded, this.#source));
    if (missing.length === 0 && this.#line === null) return take();
    const loaded = Promise.allSettled(missing.map((module) => import(module)));
    const line: Promise<void> = Promise.all([this.#line, loaded]).then(() => {
      if (this.#line === line) this.#line = null;
      take(); // what could not be loaded cannot be read, and is told so
    });
    this.#line = line;
  }

  /**
   * Items of its generator, from item number `first` on, as value and mark by turns.
   *
   * @throws {TransferError} if a process sends more: it would fill the memory of this one.
   */
  deliver(first: number, content: readonly unknown[]): void {
    const encodedValues: EncodedValue[] = [];
    for (let i = 0; i < content.length; i += 2) {
      encodedValues.push({ value: content[i], marked: content[i + 1] as boolean });
    }
    if (this.#source !== "thread" && this.items + encodedValues.length > this.granted) {
      throw new TransferError("Cannot take more items of a generator: there is no room for them");
    }
    const isWhole = first === this.items;
    this.items += encodedValues.length;
    this.inOrder(encodedValues, () => isWhole ? this.#take(encodedValues) : this.miss());
  }

  /** Items were lost on the way. */
  miss(): void {
    this.#break(unread("Items of this generator"));
  }

  /** What the job tells of itself; what cannot be read is reported here and harms nothing. */
  tell(encoded: EncodedValue): void {
    this.inOrder([encoded], () => {
      let progress: unknown;
      try {
        progress = decode(encoded, this.#source);
      } catch (error) {
        console.error("A progress report cannot be read:", error);
        return;
      }
      this.#call.onProgress?.(progress);
    });
  }

  /** Items that can be read are given even if one behind them cannot. */
  #take(encodedValues: readonly EncodedValue[]): void {
    if (this.broken !== undefined) return;
    const items: unknown[] = [];
    try {
      for (const encoded of encodedValues) items.push(decode(encoded, this.#source));
    } catch (error) {
      this.#break(error);
    }
    if (items.length > 0) this.#call.onItems?.(items);
  }

  #break(error: unknown): void {
    if (this.broken !== undefined) return;
    this.broken = error;
    this.#onBroken();
  }
}

/** The error of what was sent in a message that the platform could not read on the other side. */
export function unread(what: string): TransferError {
  return new TransferError(
    `Cannot read a message: ${what} crossed as something that the platform cannot read on the other side, such as a handle whose data is nested too deep; send plain data`,
  );
}
