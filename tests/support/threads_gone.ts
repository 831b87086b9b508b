/** Tests that start threads: each ends only when its threads are gone, as the sanitizers want it. */
import { liveThings } from "../../src/core/parts.ts";
import { until } from "./until_waiting.ts";

/** Registers a test; its threads have to end with it. */
export function threadTest(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    try {
      await fn();
    } finally {
      await threadsGone();
    }
  });
}

/** Waits until no thread of this process is left, nor one that is dead to the library and not yet to the platform. */
export async function threadsGone(): Promise<void> {
  const threads = () => liveThings().filter(({ kind }) => kind === "thread" || kind === "zombie");
  await until(() => threads().length === 0, "threads to end");
}
