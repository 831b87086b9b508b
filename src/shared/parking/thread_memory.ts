/** The memory that the threads of this program share, for the state machines of `shared/sync`. */
import type { Memory, Settle } from "../memory/memory.ts";
import { add, compareExchange, load, store, swap } from "../memory/words.ts";
import { isRegistered, me, threadName } from "../thread/thread_slot.ts";
import { parkedAt, REFUSED, unpark, WOKEN } from "./parking_lot.ts";
import { spinWhile } from "./spin.ts";
import { block, type Waiting } from "./waiting.ts";

/** What each of them does is written where the words, the slots and the lines of threads are. */
class ThreadMemory implements Memory {
  get me(): number {
    return me;
  }
  load(at: number): number {
    return load(at);
  }
  store(at: number, value: number): void {
    store(at, value);
  }
  swap(at: number, value: number): number {
    return swap(at, value);
  }
  compareExchange(at: number, expected: number, value: number): number {
    return compareExchange(at, expected, value);
  }
  add(at: number, n: number): number {
    return add(at, n);
  }
  isRegistered(identity: number): boolean {
    return isRegistered(identity);
  }
  nameOf(identity: number): string {
    return threadName(identity);
  }
  spinWhile(at: number, expected: number): boolean {
    return spinWhile(at, expected);
  }
  unpark(at: number, count?: number, settle?: Settle, verdict?: "woken" | "refused"): number {
    return unpark(at, count, settle, verdict === "refused" ? REFUSED : WOKEN);
  }
  parkedAt(at: number): number {
    return parkedAt(at);
  }
  block<T>(waiting: Waiting<T>): T {
    return block(waiting);
  }
}

/** Words that each thread sees; its parties are the threads. */
export const threadMemory: Memory = new ThreadMemory();
