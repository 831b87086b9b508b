/** The pools of other libraries, as the benchmarks need them. Each is the newest that Deno could load. */
// deno-lint-ignore-file no-explicit-any -- the peers' types are not loaded

import { peer } from "./peer.ts";

/** A library's pool of workers. */
export interface LibraryPool {
  /** Runs a function that returns its argument. */
  identity(value: unknown): Promise<unknown>;
  /** Counts primes below a limit. */
  primes(limit: number): Promise<unknown>;
  close(): Promise<unknown> | unknown;
}

/** A library, to be opened. */
export interface Library {
  readonly name: string;
  open(): Promise<LibraryPool>;
}

const worker = (name: string): URL => new URL(`./workers/${name}.mjs`, import.meta.url);

/** All of them, each with so many workers. */
export function libraryPools(workers: number): Library[] {
  return [
    {
      name: "piscina",
      async open() {
        const { Piscina } = await peer("piscina@5");
        const pool = new Piscina({
          filename: worker("piscina").href,
          minThreads: workers,
          maxThreads: workers,
        });
        return {
          identity: (value) => pool.run(value, { name: "identity" }),
          primes: (limit) => pool.run(limit, { name: "primes" }),
          close: () => pool.destroy(),
        };
      },
    },
    {
      name: "tinypool",
      async open() {
        const { Tinypool } = await peer("tinypool@2");
        const pool = new Tinypool({
          filename: worker("piscina").href,
          minThreads: workers,
          maxThreads: workers,
          useAtomics: false, // with them it hangs under Deno
        });
        return {
          identity: (value) => pool.run(value, { name: "identity" }),
          primes: (limit) => pool.run(limit, { name: "primes" }),
          close: () => pool.destroy(),
        };
      },
    },
    {
      name: "workerpool",
      async open() {
        const { default: workerpool } = await peer("workerpool@10");
        const pool = workerpool.pool(worker("workerpool").pathname, {
          minWorkers: workers,
          maxWorkers: workers,
          workerType: "thread",
        });
        return {
          identity: (value) => pool.exec("identity", [value]),
          primes: (limit) => pool.exec("primes", [limit]),
          close: () => pool.terminate(true),
        };
      },
    },
    {
      name: "comlink",
      async open() {
        const Comlink = await peer("comlink@4");
        const threads = Array.from(
          { length: workers },
          () => new Worker(worker("comlink"), { type: "module" }),
        );
        const remotes = threads.map((thread) => Comlink.wrap(thread) as any);
        await Promise.all(remotes.map((remote) => remote.identity(0)));
        let turn = 0;
        return {
          identity: (value) => remotes[turn++ % workers].identity(value),
          primes: (limit) => remotes[turn++ % workers].primes(limit),
          close: () => threads.forEach((thread) => thread.terminate()),
        };
      },
    },
    {
      name: "poolifier-web-worker",
      async open() {
        const { FixedThreadPool } = await peer("poolifier-web-worker@0.5");
        const pool = new FixedThreadPool(workers, worker("poolifier"));
        return {
          identity: (value) => pool.execute({ value }, "identity"),
          primes: (limit) => pool.execute({ value: limit }, "primes"),
          close: () => pool.destroy(),
        };
      },
    },
    {
      name: "multithreading",
      async open() {
        const { initRuntime, move, shutdown, spawn } = await peer("multithreading@0.3");
        initRuntime({ maxWorkers: workers });
        const identity = (value: unknown) => value;
        const primes = (limit: number) => {
          let found = 0;
          for (let n = 2; n < limit; n++) {
            let isPrime = true;
            for (let d = 2; d * d <= n; d++) {
              if (n % d === 0) {
                isPrime = false;
                break;
              }
            }
            if (isPrime) found++;
          }
          return found;
        };
        const value = async (handle: any): Promise<unknown> => {
          const result = await handle.join();
          if (!result.ok) throw result.error;
          return result.value;
        };
        // A burst on a function that its workers do not know yet fails: let each see both.
        for (let i = 0; i < 4 * workers; i++) {
          await value(spawn(move(0), identity));
          await value(spawn(move(2), primes));
        }
        return {
          identity: (given) => value(spawn(move(given), identity)),
          primes: (limit) => value(spawn(move(limit), primes)),
          close: () => shutdown(),
        };
      },
    },
  ];
}
