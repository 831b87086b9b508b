/**
 * What the library's own tests are made with, for yours: time that jumps, orders that can be forced or
 * disturbed, and a guard against leaks.
 *
 * | you want | take |
 * |---|---|
 * | tests that sleep and time out, without waiting | {@linkcode VirtualClock} |
 * | to go on when everybody who should wait does wait | {@linkcode settled} |
 * | to wait for a condition, rather than sleep and hope | {@linkcode until} |
 * | to force the order in which tasks do things | {@linkcode Sequencer} |
 * | to find what depends on an order that nobody promised | {@linkcode perturb} |
 * | to be sure that nothing is left running | {@linkcode leakGuard} |
 *
 * @example A test of an hour, which takes a millisecond
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { run, sleep, timeout, TimeoutError } from "@quartet/concurrency/asyncio";
 * import { VirtualClock } from "@quartet/concurrency/testing";
 *
 * Deno.test("gives up after half an hour", async () => {
 *   using clock = new VirtualClock();
 *   const outcome = await run(async () => {
 *     try {
 *       await timeout(30 * 60_000, () => sleep(60 * 60_000));
 *     } catch (error) {
 *       return error instanceof TimeoutError;
 *     }
 *   });
 *   assertEquals([outcome, clock.now()], [true, 30 * 60_000]);
 * });
 * ```
 *
 * @module
 */
export { LeakGuard, leakGuard, type LeakGuardOptions } from "./leak_guard.ts";
export { perturb, Perturbation } from "./perturb.ts";
export { Sequencer, type SequencerStatistics } from "./sequencer.ts";
export { settled } from "./settled.ts";
export { until, type UntilOptions } from "./until.ts";
export {
  VirtualClock,
  type VirtualClockOptions,
  type VirtualClockStatistics,
} from "./virtual_clock.ts";
export type { Clock, ClockTimer } from "../core/clock.ts";
export type { WaitOptions } from "../core/deadline.ts";
export { InvalidStateError, TimeoutError } from "../core/errors.ts";
export { Future, type FutureState } from "../core/future.ts";
export { Guard } from "../core/guard.ts";
export type { LiveThing } from "../core/parts.ts";
export type { Perturber } from "../core/perturbation.ts";
export type { DoneCallback } from "../core/waker.ts";
