/** Portable functions that run beside, before and after others which die, hang or stop. */
import { portable } from "@quartet/concurrency/futures";
import type { Lock } from "@quartet/concurrency/threading";

export const neighbours = portable(import.meta, {
  identity<T>(value: T): T {
    return value;
  },
  pid(): number {
    return Deno.pid;
  },
  /** Computes for so many milliseconds. */
  compute(ms: number): number {
    for (const end = performance.now() + ms; performance.now() < end;);
    return ms;
  },
  /** The same, and notes in a file that it ran. */
  computeAndNote(n: number, ms: number, path: string): number {
    Deno.writeTextFileSync(path, `${n}\n`, { append: true });
    for (const end = performance.now() + ms; performance.now() < end;);
    return n;
  },
  async nap(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  },
  exit(code: number): never {
    Deno.exit(code);
  },
  close(): void {
    self.close();
  },
  never(): Promise<void> {
    return new Promise(() => {});
  },
  spin(): never {
    for (;;);
  },
  /** Waits for a lock that is held elsewhere, with a promise. */
  async waitFor(lock: Lock): Promise<string> {
    using _held = await lock.acquire();
    return "had it";
  },
  rejectSoon(message: string): void {
    setTimeout(() => Promise.reject(new RangeError(message)), 0);
  },
  thenSettlesTwice(): unknown {
    return {
      then(resolve: (value: number) => void, reject: (error: unknown) => void) {
        resolve(1);
        reject(new Error("second"));
        resolve(3);
        throw new Error("fourth");
      },
    };
  },
  thenThrows(): unknown {
    return {
      then() {
        throw new RangeError("then threw");
      },
    };
  },
  thenGetterThrows(): unknown {
    return Object.defineProperty({}, "then", {
      get() {
        throw new RangeError("the getter threw");
      },
    });
  },
});
