/**
 * One concurrency toolkit with four ways to run the same function: in line, on threads, in processes and
 * as asynchronous tasks; and a measurement that tells which of them your work wants.
 *
 * Which module?
 *
 * | Your work                                                | Module                            |
 * | -------------------------------------------------------- | --------------------------------- |
 * | computes, and you want it on all cores                   | `futures`: `ThreadPoolExecutor`   |
 * | computes, and may crash, leak, or must be killed in time | `futures`: `ProcessPoolExecutor`  |
 * | waits for the network or the disk                        | `asyncio`                         |
 * | shares memory, with locks, conditions and barriers       | `threading`                       |
 * | flows from producers to consumers                        | `queue`                           |
 * | needs processes of its own, pipes, shared state          | `multiprocessing`                 |
 * | is a pipeline of generators                              | `coroutines`                      |
 * | was written for gevent                                   | `gevent`                          |
 * | is for many machines                                     | `distributed`                     |
 * | you do not know: measure it                              | `compare`                         |
 * | has to be tested without sleeping                        | `testing`                         |
 *
 * The modules stand here as namespaces, so that no two `Lock`s collide; each is also an entry of its own:
 * `@quartet/concurrency/threading`.
 *
 * A thread or process that runs a function of yours imports the function's module, with all that it imports. In such a
 * module name the one entry that it needs: this one has everything, which takes longer to load than four threads to start.
 *
 * @example The same function on a thread
 * ```ts ignore
 * import * as futures from "@quartet/concurrency/futures";
 *
 * const square = futures.portable(import.meta, function square(n: number): number {
 *   return n * n;
 * });
 *
 * if (import.meta.main) {
 *   await using pool = new futures.ThreadPoolExecutor();
 *   console.log(await pool.submit(square, 7)); // 49
 * }
 * ```
 *
 * @module
 */

/** Threads in Python's vocabulary: `Thread`, `Lock`, `Condition`, `Event`, `Barrier` over shared memory. */
export * as threading from "./src/threading/mod.ts";
/** Queues between threads, and within one. */
export * as queue from "./src/queue/mod.ts";
/** Processes: `Process`, `Pool`, pipes, and state that processes share. */
export * as multiprocessing from "./src/multiprocessing/mod.ts";
/** `Future`, and the executors that run one function four ways. */
export * as futures from "./src/futures/mod.ts";
/** Tasks on one event loop, with structured concurrency. */
export * as asyncio from "./src/asyncio/mod.ts";
/** Coroutines made of plain generators. */
export * as coroutines from "./src/coroutines/mod.ts";
/** Greenlets: gevent's names over asyncio's tasks. */
export * as gevent from "./src/gevent/mod.ts";
/** The executor over machines: `NatsExecutor`, `serveWorker`. */
export * as distributed from "./src/distributed/mod.ts";
/** The same work all four ways, measured, with a verdict. */
export * as compare from "./src/compare/mod.ts";
/** Virtual time, forced orders, and a guard against leaks. */
export * as testing from "./src/testing/mod.ts";
export { checkpoint, currentSignal } from "./src/core/current.ts";
export { portable, portableModule } from "./src/wire/codec/portable.ts";
export { transfer } from "./src/wire/codec/transfer.ts";
export type { PortableModule } from "./src/wire/codec/portable.ts";
