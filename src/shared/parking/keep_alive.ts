/**
 * Keeps the process alive while asynchronous waits are pending.
 *
 * The platform's asynchronous sleep does not: a program that only awaits a lock would end without a word
 * (denoland/deno#15358). A timer that is never due does.
 */
import { type ClockTimer, realClock } from "../../core/clock.ts";

/** As far away as a timer can be. */
const FAR = 2 ** 31 - 1;

let pending = 0;
let timer: ClockTimer | null = null;

/** Counts one pending wait. */
export function refProcess(): void {
  if (pending++ === 0) hold();
}

/** Counts one wait that has ended. */
export function unrefProcess(): void {
  if (--pending > 0 || timer === null) return;
  timer.cancel();
  timer = null;
}

function hold(): void {
  timer = realClock.setTimer(hold, FAR);
}
