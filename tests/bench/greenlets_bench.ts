/**
 * Greenlets spawned and joined, and items through a queue between two of them.
 *
 * Targets: as many as Python's gevent spawns and passes on the same machine, and more: 300,000 greenlets and 2.5 million
 * items a second.
 */
import { joinall, queue, spawn } from "../../src/gevent/mod.ts";
import { bench, type Contender } from "./harness.ts";

const COUNT = 100_000;

/** A contender that does `COUNT` of something. */
function doing(name: string, role: Contender["role"], work: () => PromiseLike<unknown>): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const start = performance.now();
        await work();
        return COUNT / (performance.now() - start) * 1000;
      },
    }),
  };
}

// deno-lint-ignore require-await -- the smallest async function is what is measured
const asyncWork = async (): Promise<number> => 1;

// deno-lint-ignore require-yield -- the same as a generator
function* generatorWork(): Generator<unknown, number, unknown> {
  return 1;
}

if (import.meta.main) {
  await bench({
    title: "greenlets spawned and joined, 100,000 at once",
    unit: "greenlets/s",
    better: "higher",
  }, [
    doing("raw Promise.all", "limit", () => Promise.all(Array.from({ length: COUNT }, asyncWork))),
    doing(
      "async functions",
      "ours",
      () => joinall(Array.from({ length: COUNT }, () => spawn(asyncWork))),
    ),
    doing(
      "generators",
      "ours",
      () => joinall(Array.from({ length: COUNT }, () => spawn(generatorWork))),
    ),
  ]);
  await bench({
    title: "items through a gevent Queue bounded by 100",
    unit: "items/s",
    better: "higher",
  }, [
    doing("await a resolved promise", "limit", async () => {
      const resolved = Promise.resolve();
      for (let i = 0; i < 2 * COUNT; i++) await resolved;
    }),
    doing("async functions", "ours", () => {
      const items = new queue.Queue<number>(100);
      return joinall([
        spawn(async () => {
          for (let i = 0; i < COUNT; i++) await items.put(i);
        }),
        spawn(async () => {
          for (let i = 0; i < COUNT; i++) await items.get();
        }),
      ]);
    }),
    doing("generators", "ours", () => {
      const items = new queue.Queue<number>(100);
      return joinall([
        spawn(function* () {
          for (let i = 0; i < COUNT; i++) yield* items.put(i);
        }),
        spawn(function* () {
          for (let i = 0; i < COUNT; i++) yield* items.get();
        }),
      ]);
    }),
  ]);
}
